"""What the calendar alone tells: waves that go on whatever the last values were."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from foretell.forecast.rivals import Climatology, FallbackWarning, RandomWalk
from foretell.series import Sequence

HORIZON, FIRST = 5, 700


def wave(bars: int) -> np.ndarray:
    t = np.arange(bars)
    return 10.0 + 4.0 * np.sin(2.0 * np.pi * t / 37) + np.cos(4.0 * np.pi * t / 37)


def test_median_is_the_wave_and_bands_are_those_of_the_noise(
    make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    noise_T = np.random.default_rng(0).normal(size=900)
    q_THK = Climatology(HORIZON, levels).forecast(make(wave(900) + noise_T), FIRST)
    ahead_TH = np.stack([wave(910)[FIRST + step :][:200] for step in range(1, 6)], axis=1)
    assert np.abs(q_THK[..., 2] - ahead_TH).mean() < 0.25
    width = (q_THK[..., -1] - q_THK[..., 0]).mean()
    assert width == pytest.approx(2 * 1.645, rel=0.1)


def test_what_the_last_value_was_plays_no_part(
    make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    noise_T = np.random.default_rng(0).normal(size=900)
    freak_T = noise_T.copy()
    freak_T[800] += 5.0
    one, other = (
        Climatology(HORIZON, levels).forecast(make(wave(900) + each), FIRST)
        for each in (noise_T, freak_T)
    )
    assert np.abs(one - other).max() < 0.2  # of a freak of 5: a share of 5 figures in 185 bars


def test_without_a_season_it_is_a_random_walk(
    make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    row = make(np.random.default_rng(1).normal(size=400).cumsum())
    with pytest.warns(FallbackWarning, match="no season shows before the first origin; a random"):
        q_THK = Climatology(HORIZON, levels).forecast(row, 300)
    assert q_THK.tobytes() == RandomWalk(HORIZON, levels).forecast(row, 300).tobytes()
