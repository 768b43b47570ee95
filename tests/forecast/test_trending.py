"""The damped trend of a span is found again."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.features import Layout
from foretell.forecast.trending import damped_trend
from foretell.series import Frequency, Sequence

BARS, HORIZON = 1_500, 5


def made(level_T: np.ndarray) -> Sequence:
    return Sequence("MADE", Frequency(60), ("value",), 60 * np.arange(BARS), level_T[:, None])


def damped(alpha: float, beta: float, phi: float, seed: int = 0) -> np.ndarray:
    """Simulated by the error correction form of Hyndman et al. (2008), table 2.1."""
    level, trend, out = 0.0, 0.0, []
    for noise in np.random.default_rng(seed).normal(size=BARS):
        out.append(level + phi * trend + noise)
        level, trend = level + phi * trend + alpha * noise, phi * trend + alpha * beta * noise
    return np.array(out)


@pytest.mark.parametrize("alpha", [0.1, 0.9])
@pytest.mark.parametrize("log", [False, True])
def test_the_weight_of_the_last_value_is_found(alpha: float, *, log: bool) -> None:
    level_T = 0.1 * damped(alpha, 0.1, 0.9)
    found = damped_trend(
        [made(np.exp(level_T) if log else level_T)], Layout(("value",), HORIZON, log=log)
    )
    assert found.alpha == alpha


def test_zeros_do_not_decide_what_a_trend_is_in_logs() -> None:
    """Logs of nothing made every loss NaN, so that the first combination was taken."""
    level_T = np.exp(0.1 * damped(0.9, 0.1, 0.9))
    level_T[-40:-38] = 0.0
    found = damped_trend([made(level_T)], Layout(("value",), HORIZON, log=True))
    assert found.alpha > 0.5
    nothing = damped_trend([made(np.zeros(BARS))], Layout(("value",), HORIZON, log=True))
    assert nothing.alpha > 0.0
