"""HAR against worked candles, simulated trades and a volatility that follows its equation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from foretell.forecast.rivals import Har
from foretell.forecast.rivals.har import Link, bar_variance, memories
from foretell.series import Frequency, Sequence

DAY, HOUR = 86_400, 3_600
COLUMNS = ("open", "high", "low", "close")


def candles(log_TC: np.ndarray) -> Sequence:
    time_T = DAY * np.arange(len(log_TC))
    return Sequence("MADE", Frequency(DAY), COLUMNS, time_T, np.exp(log_TC))


@pytest.mark.parametrize(
    ("frequency", "bars"),
    [
        (Frequency(DAY), (1, 7, 30)),
        (Frequency(DAY, weekdays=frozenset(range(5))), (1, 5, 22)),
        (Frequency(HOUR), (1, 24, 104)),
        (Frequency(7 * DAY), (1, 5, 22)),
    ],
    ids=str,
)
def test_memories(frequency: Frequency, bars: tuple[int, ...]) -> None:
    assert memories(frequency) == bars


def test_variance_of_a_bar_by_hand() -> None:
    """Open a gap of 0.03 below the last close, range 0.1, body 0.02."""
    row = candles(np.array([[0.0, 0.02, -0.02, 0.0], [-0.03, 0.04, -0.06, -0.01]]))
    wanted = 0.03**2 + 0.5 * 0.1**2 - (2 * np.log(2) - 1) * 0.02**2
    np.testing.assert_allclose(bar_variance(row), [0.5 * 0.04**2, wanted])


def test_variance_of_simulated_trades() -> None:
    """Garman and Klass: the mean over Brownian bars is the variance."""
    path_TN = np.random.default_rng(0).normal(0.0, 0.02 / 40, (4_000, 1_600)).cumsum(axis=1)
    close_T = path_TN[:, -1].cumsum()
    open_T = np.append(0.0, close_T[:-1])
    high_T, low_T = np.maximum(path_TN.max(axis=1), 0), np.minimum(path_TN.min(axis=1), 0)
    row = candles(np.stack([open_T, open_T + high_T, open_T + low_T, close_T], axis=1))
    # A range between 1,600 trades misses a little of that between infinitely many.
    assert bar_variance(row).mean() == pytest.approx(0.02**2, rel=0.06)


def test_without_ranges_it_is_the_squared_change(make: Callable[..., Sequence]) -> None:
    level_T = np.array([1.0, 1.5, 1.2])
    np.testing.assert_allclose(bar_variance(make(level_T)), [0.0, 0.25, 0.09])
    flat = candles(np.repeat(level_T[:, None], 4, axis=1))
    np.testing.assert_allclose(bar_variance(flat), [0.0, 0.25, 0.09], atol=1e-12)


def simulated(count: int) -> tuple[Sequence, np.ndarray]:
    """Candles whose log volatility follows the equation, and the volatility expected next."""
    rng = np.random.default_rng(3)
    log_T, expected_T = np.full(count, np.log(0.02)), np.zeros(count)
    for bar in range(30, count):
        day, week, month = (
            0.5 * np.log(np.exp(2.0 * log_T[bar - span : bar]).mean()) for span in (1, 7, 30)
        )
        expected_T[bar] = 0.05 * np.log(0.02) + 0.3 * day + 0.4 * week + 0.25 * month
        log_T[bar] = expected_T[bar] + 0.4 * rng.normal()
    sigma_T = np.exp(log_T)
    body_T = sigma_T * rng.normal(size=count).clip(-1.5, 1.5)
    spread_T = np.sqrt(2.0 * (sigma_T**2 + (2.0 * np.log(2.0) - 1.0) * body_T**2))
    close_T = np.cumsum(body_T)
    open_T = close_T - body_T
    rest_T = (spread_T - np.abs(body_T)) / 2.0
    high_T, low_T = np.maximum(open_T, close_T) + rest_T, np.minimum(open_T, close_T) - rest_T
    return candles(np.stack([open_T, high_T, low_T, close_T], axis=1)), np.exp(expected_T)


def test_a_volatility_that_follows_the_equation_is_foreseen(levels: np.ndarray) -> None:
    row, expected_T = simulated(3_000)
    q_THK = Har(1, levels).forecast(row, 2_000)
    width_T = q_THK[:-1, 0, -1] - q_THK[:-1, 0, 0]
    ratio_T = width_T / expected_T[2_001:]
    np.testing.assert_allclose(ratio_T, ratio_T.mean(), rtol=0.05)
    assert expected_T[2_001:].std() > 0.1 * expected_T[2_001:].mean()  # there is something to see


def test_a_link_is_undone() -> None:
    volatility_T = np.array([0.0, 0.01, 0.2])
    for logs in (True, False):
        link = Link(0.005, logs=logs)
        np.testing.assert_allclose(link.unbend(link.bend(volatility_T)), [0.005, 0.01, 0.2])
