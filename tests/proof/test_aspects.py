"""Direction and volatility tested alone: what has one must not be said to have the other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from foretell.forecast import DEFAULT_LEVELS, RIVALS, Trace
from foretell.proof.aspects import Aspects, aspects
from foretell.proof.evaluation import evaluate
from foretell.series import Frequency, Sequence

LEVELS = np.array(DEFAULT_LEVELS)
DAY, FIRST, HORIZON = 86_400, 300, 2
PRICES = ("open", "high", "low", "close")


@pytest.fixture(scope="module")
def market() -> tuple[Sequence, np.ndarray]:
    """Prices whose volatility swings threefold, and that volatility."""
    rng = np.random.default_rng(3)
    sigma_T = 0.02 * np.exp(np.sin(np.arange(1_500) / 40.0) * np.log(3.0))
    close_T = np.exp(4.0 + np.cumsum(rng.normal(0.0, sigma_T)))
    rows = np.repeat(close_T[:, None], 4, axis=1)
    return Sequence("X", Frequency(DAY), PRICES, np.arange(1_500) * DAY, rows), sigma_T


def judge(row: Sequence, sigma_T: np.ndarray, drift_TH: np.ndarray) -> Aspects:
    """Aspects of normal forecasts beside the random walk of constant volatility."""
    step_H = np.sqrt(np.arange(1, HORIZON + 1))
    centre_TH = np.log(row.target_T)[:, None] + drift_TH
    ahead_T = np.append(sigma_T[1:], sigma_T[-1])
    q_THK = centre_TH[..., None] + norm.ppf(LEVELS) * (ahead_T[:, None] * step_H)[..., None]
    walk = RIVALS["random-walk"](HORIZON, LEVELS)
    rival = Trace(row, FIRST, walk.forecast(row, FIRST))
    entries = [
        evaluate("own", [Trace(row, FIRST, q_THK[FIRST:])], LEVELS),
        evaluate(walk.name, [rival], LEVELS),
    ]
    return aspects(entries, HORIZON)


def test_who_knows_the_volatility_is_told_so(market: tuple[Sequence, np.ndarray]) -> None:
    """Medians that lean at random: no direction, but the size of moves is known."""
    row, sigma_T = market
    lean_TH = np.random.default_rng(0).normal(0.0, 1e-4, (len(row), HORIZON))
    found = judge(row, sigma_T, lean_TH)
    assert found.volatility is not None
    assert found.volatility.shown
    assert not found.direction.shown
    assert str(found).startswith("Direction: no skill shown (")
    assert "Volatility: skill against a constant one (QLIKE +" in str(found)


def test_who_knows_the_direction_is_told_so(market: tuple[Sequence, np.ndarray]) -> None:
    """The sign of the next moves is known, but a volatility drawn at random is not one."""
    row, _ = market
    level_T = np.log(row.target_T)
    drift_TH = np.stack([np.append(level_T[h:], [level_T[-1]] * h) for h in (1, 2)], axis=1)
    drift_TH = 1e-4 * np.sign(drift_TH - level_T[:, None])
    random_T = 0.02 * np.exp(np.random.default_rng(1).normal(0.0, 1.0, len(row)))
    found = judge(row, random_T, drift_TH)
    assert found.direction.shown
    assert found.direction.accuracy == 1.0
    assert found.volatility is not None
    assert not found.volatility.shown


def test_qlike_by_instant_is_the_scoreboard_s(market: tuple[Sequence, np.ndarray]) -> None:
    row, _ = market
    walk = RIVALS["random-walk"](HORIZON, LEVELS)
    whole = row.head(len(row) - HORIZON)  # the last origins know not all their targets
    entry = evaluate("walk", [Trace(whole, FIRST, walk.forecast(whole, FIRST))], LEVELS)
    inner = entry.qlike_T
    assert len(inner) == len(whole) - FIRST - HORIZON
    assert float(inner.mean()) == pytest.approx(entry.board.overall["qlike"], abs=0.01)


def test_without_a_constant_volatility_there_is_nothing_to_compare(
    market: tuple[Sequence, np.ndarray],
) -> None:
    row, _ = market
    ewma = RIVALS["ewma"](HORIZON, LEVELS)
    entry = evaluate("own", [Trace(row, FIRST, ewma.forecast(row, FIRST))], LEVELS)
    found = aspects([entry, entry], HORIZON)
    assert found.volatility is None
    assert str(found).startswith("Direction: no skill shown (")
    assert "Volatility" not in str(found)
    assert found.to_dict()["volatility"] is None
