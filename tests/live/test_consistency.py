"""Whether live forecasts do as the backtest said: the test has its size, and it has power."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from foretell.forecast import Trace
from foretell.forecast.rivals import rivals
from foretell.live import consistency
from foretell.proof import TrackRecord, recorded
from foretell.series import Frequency, Sequence

HORIZON, LEVELS = 5, np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
Z = np.array([-1.645, -1.282, -0.674, 0.0, 0.674, 1.282, 1.645])
WARM = 3_000  # bars before the first origin: a rival that has few to learn from differs by itself


def scored(
    seed: int, bars: int, change: Callable[[np.ndarray], np.ndarray] = lambda q_THK: q_THK
) -> TrackRecord:
    """The true distribution of a random walk, or one that was tampered with, held against it."""
    rng = np.random.default_rng(seed)
    log_T = np.cumsum(rng.normal(0.0, 0.01, WARM + bars))
    time_T = 3_600 * np.arange(WARM + bars)
    close_T = np.exp(log_T)
    values = np.stack([close_T] * 4 + [np.ones_like(close_T)], axis=1)
    row = Sequence(
        "A", Frequency(3_600), ("open", "high", "low", "close", "volume"), time_T, values
    )
    spread_HK = 0.01 * np.sqrt(np.arange(1, HORIZON + 1))[:, None] * Z
    own = Trace(row, WARM, change(log_T[WARM:, None, None] + spread_HK))
    rival = rivals(HORIZON, LEVELS)[0]
    return recorded([own], {rival.name: rival.trace([row], int(time_T[WARM]))}, LEVELS)


@pytest.fixture(scope="module")
def backtest() -> TrackRecord:
    return scored(0, 1_500)


def test_two_of_a_kind_differ_no_more_often_than_they_may() -> None:
    p = [consistency(scored(2 * n + 1, 200), scored(2 * n + 2, 400)).p_value for n in range(150)]
    assert np.mean(np.array(p) < 0.05) < 0.1  # Holm keeps the sum of both below 0.05
    assert min(p) < 0.3  # and it is not blind


PLANTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "shifted": lambda q_THK: q_THK + 0.01,
    "a third as wide": lambda q_THK: q_THK[..., 3:4] + (q_THK - q_THK[..., 3:4]) / 3.0,
    "a feed that hangs": lambda q_THK: np.repeat(q_THK[::24], 24, axis=0)[: len(q_THK)],
}


@pytest.mark.parametrize("plant", PLANTS)
def test_what_goes_wrong_is_found(plant: str, backtest: TrackRecord) -> None:
    found = consistency(scored(7, 1_000, PLANTS[plant]), backtest)
    assert found.p_value < 0.01
    assert not found.holds
    assert "backtest: no, p = " in found.sentence


def test_the_sentence_says_what_would_show(backtest: TrackRecord) -> None:
    few, many = (consistency(scored(9, bars), backtest) for bars in (60, 600))
    assert many.holds
    assert many.sentence.startswith("Live consistent with the backtest: yes, p = ")
    assert many.skill.visible < few.skill.visible
    assert f"{many.skill.visible:.1%} in skill" in many.sentence
