"""The test of equal accuracy: against plain references, and its size and power in simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t as student_t
from scipy.stats import ttest_rel

from foretell.backtest import DieboldMariano, diebold_mariano
from foretell.backtest.significance import FEWEST_ORIGINS, _upper_tail

HORIZON = 14
RUNS, ORIGINS = 300, 500


def plain(loss: np.ndarray, rival: np.ndarray, horizon: int) -> tuple[float, float, int]:
    """Equal-weighted cosine estimate, written out (Lazarus et al. 2018, eqs. 3 and 10)."""
    difference = [float(b - a) for a, b in zip(loss, rival, strict=True)]
    count = len(difference)
    degrees = int(max(3, min(0.4 * count ** (2 / 3), count / (2 * horizon))))
    mean = math.fsum(difference) / count
    power = []
    for j in range(1, degrees + 1):
        waves = (
            (difference[t - 1] - mean) * math.cos(math.pi * j * (t - 0.5) / count)
            for t in range(1, count + 1)
        )
        power.append((math.sqrt(2 / count) * math.fsum(waves)) ** 2)
    variance = math.fsum(power) / degrees
    statistic = mean / math.sqrt(variance / count)
    return statistic, float(student_t.sf(statistic, degrees)), degrees


def overlapping(seed: int, gain: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Losses of two forecasters whose difference is a sum of 14 shocks, MA(13), plus a gain."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(size=ORIGINS + HORIZON - 1)
    difference = np.convolve(shocks, np.ones(HORIZON), mode="valid") + gain
    loss = rng.exponential(10.0, ORIGINS)
    return loss, loss + difference


@pytest.mark.parametrize("horizon", [1, 3, 14, 60])
@pytest.mark.parametrize("count", [30, 31, 250, 1_000])
def test_result_equals_a_plain_reference(count: int, horizon: int) -> None:
    rng = np.random.default_rng(count + horizon)
    loss, rival = rng.exponential(size=(2, count))
    statistic, p_value, degrees = plain(loss, rival, horizon)
    result = diebold_mariano(loss, rival, horizon)
    assert result.degrees == degrees
    assert result.statistic == pytest.approx(statistic, rel=1e-9)
    assert result.p_value == pytest.approx(p_value, rel=1e-8)


@pytest.mark.parametrize("degrees", [3, 4, 5, 7, 10, 17, 40, 200])
def test_tail_equals_that_of_scipy(degrees: int) -> None:
    grid = [-1e6, -40.0, -8.0, *np.linspace(-4.0, 4.0, 81).tolist(), 8.0, 40.0]
    ours = [_upper_tail(statistic, degrees) for statistic in grid]
    np.testing.assert_allclose(ours, student_t.sf(grid, degrees), rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize(("statistic", "tail"), [(math.inf, 0.0), (-math.inf, 1.0)])
def test_nothing_lies_beyond_infinity(statistic: float, tail: float) -> None:
    assert _upper_tail(statistic, 5) == tail


def test_a_loss_that_is_always_lower_is_found_beyond_doubt() -> None:
    noise = np.random.default_rng(0).normal(size=400)
    result = diebold_mariano(np.zeros(400), 5.0 + noise, 1)
    assert result.statistic > 20.0
    assert result.p_value < 1e-12


@pytest.mark.parametrize("count", [0, 1, FEWEST_ORIGINS - 1])
def test_too_few_origins_say_nothing(count: int) -> None:
    result = diebold_mariano(np.zeros(count), np.arange(1.0, count + 1.0), 3)
    assert result == DieboldMariano(0.0, 0.5, 0)


def test_thirty_origins_are_enough_to_say_something() -> None:
    rival = np.random.default_rng(1).exponential(size=FEWEST_ORIGINS)
    assert diebold_mariano(np.zeros(FEWEST_ORIGINS), rival, 3).p_value < 0.05


def test_identical_losses_say_nothing() -> None:
    loss = np.random.default_rng(2).exponential(size=200)
    result = diebold_mariano(loss, loss.copy(), 3)
    assert (result.statistic, result.p_value) == (0.0, 0.5)


@pytest.mark.parametrize("seed", range(6))
def test_swapping_the_two_swaps_the_tails(seed: int) -> None:
    loss, rival = overlapping(seed, gain=1.0)
    one, other = (diebold_mariano(*pair, HORIZON) for pair in ((loss, rival), (rival, loss)))
    assert one.statistic == pytest.approx(-other.statistic, rel=1e-12)
    assert one.p_value == pytest.approx(1.0 - other.p_value, abs=1e-9)
    assert one.p_value != pytest.approx(0.5, abs=1e-3)


def test_units_of_the_loss_do_not_matter() -> None:
    loss, rival = overlapping(0, gain=1.0)
    small, large = (
        diebold_mariano(loss * unit, rival * unit, HORIZON).p_value for unit in (1e-6, 1e6)
    )
    assert small == pytest.approx(large, rel=1e-9)


def test_size_is_kept_where_forecasts_overlap() -> None:
    found = [diebold_mariano(*overlapping(seed), HORIZON).p_value < 0.05 for seed in range(RUNS)]
    assert 0.02 <= np.mean(found) <= 0.09


def test_the_simulation_would_notice_a_test_that_ignores_overlap() -> None:
    """The band above can fail: an ordinary t test finds a difference far too often."""
    ordinary = [ttest_rel(*overlapping(seed)[::-1], alternative="greater") for seed in range(RUNS)]
    assert np.mean([test.pvalue < 0.05 for test in ordinary]) > 0.2


def test_a_planted_difference_is_found() -> None:
    spread = math.sqrt(HORIZON)  # long-run standard deviation is 14, of the mean 14 / sqrt(500)
    gain = 4.0 * HORIZON / math.sqrt(ORIGINS)
    assert gain < spread  # small beside the noise of a single origin
    found = [
        diebold_mariano(*overlapping(seed, gain), HORIZON).p_value < 0.05 for seed in range(100)
    ]
    assert np.mean(found) > 0.9
