"""The PIT's histogram and its test: by hand, in simulation, and where it has to find something."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare, norm

from foretell.forecast import DEFAULT_LEVELS
from foretell.proof import distribution, histogram, uniformity

LEVELS = np.array(DEFAULT_LEVELS)
RUNS, ORIGINS, HORIZON = 200, 400, 7


def simulated(
    seed: int, *, shift: float = 0.0, spread: float = 1.0, series: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """PIT of sums of up to 7 shocks, and instants; the forecast is off by shift and spread."""
    rng = np.random.default_rng(seed)
    market = rng.normal(size=ORIGINS + HORIZON)
    pits = []
    for _ in range(series):
        shocks = 0.8 * market + 0.6 * rng.normal(size=ORIGINS + HORIZON)
        level = np.concatenate([[0.0], shocks.cumsum()])
        ahead_H = np.arange(1, HORIZON + 1)
        y_NH = level[np.arange(ORIGINS)[:, None] + ahead_H] - level[:ORIGINS, None]
        scale_H = np.sqrt(ahead_H)
        q_HK = scale_H[:, None] * (shift + spread * norm.ppf(LEVELS))
        pits.append(
            distribution.cdf(y_NH, np.broadcast_to(q_HK, (*y_NH.shape, len(LEVELS))), LEVELS)
        )
    return np.concatenate(pits), np.tile(np.arange(ORIGINS), series)


def rejected(runs: int, **fault: float) -> list[float]:
    """Share of runs with a small p, at the first and the last horizon."""
    tests = [uniformity(*simulated(seed, **fault), LEVELS) for seed in range(runs)]
    return [float(np.mean([test[h].p_value < 0.05 for test in tests])) for h in (0, -1)]


def test_histogram_by_hand() -> None:
    pit_NH = np.array([[0.05, np.nan], [0.3, np.nan], [0.31, np.nan], [1.0, np.nan]])
    share_HB = histogram(pit_NH, bins=4)
    np.testing.assert_array_equal(share_HB, [[0.25, 0.5, 0.0, 0.25], [np.nan] * 4])


@pytest.mark.parametrize("series", [1, 3])
def test_perfect_forecasts_are_rarely_doubted(series: int) -> None:
    """200 runs at 5% have a standard error of 1.5 points."""
    for share in rejected(RUNS, series=series):
        assert 0.01 <= share <= 0.1


def test_the_simulation_would_notice_a_test_that_ignores_overlap() -> None:
    found = []
    for seed in range(RUNS):
        pit_NH, _ = simulated(seed)
        found.append(chisquare(histogram(pit_NH)[-1] * ORIGINS).pvalue < 0.05)
    assert np.mean(found) > 0.3


@pytest.mark.parametrize("fault", [{"spread": 0.7}, {"spread": 1.4}, {"shift": 0.4}])
def test_wrong_forecasts_are_found(fault: dict[str, float]) -> None:
    first, last = rejected(40, **fault)
    assert first > 0.95
    assert last > 0.4


def test_how_it_runs_between_two_quantiles_does_not_matter() -> None:
    """Normal targets under straight lines: nothing is wrong at the levels themselves."""
    rng = np.random.default_rng(0)
    levels, q_K = np.array([0.1, 0.5, 0.9]), norm.ppf([0.1, 0.5, 0.9])
    y_NH = rng.normal(size=(20_000, 1))
    pit_NH = distribution.cdf(y_NH, np.broadcast_to(q_K, (20_000, 1, 3)), levels)
    assert chisquare(histogram(pit_NH)[0] * 20_000).pvalue < 1e-6
    assert uniformity(pit_NH, np.arange(20_000), levels)[0].p_value > 0.01


def test_statistic_of_independent_targets_nears_the_chi_squared() -> None:
    """As many scores as groups less one, and plenty of instants: Pearson's statistic, as F."""
    rng = np.random.default_rng(1)
    levels = np.array([0.2, 0.5, 0.8])
    pit_NH = rng.uniform(size=(40_000, 1))
    group = np.bincount(np.searchsorted(levels, pit_NH[:, 0]), minlength=4)
    pearson = chisquare(group, 40_000 * np.array([0.2, 0.3, 0.3, 0.2]))
    result = uniformity(pit_NH, np.arange(40_000), levels)[0]
    assert result.degrees[0] == 3
    assert result.statistic == pytest.approx(pearson.statistic / 3.0, rel=0.25)


def test_unknown_targets_and_the_order_of_rows_do_not_matter() -> None:
    pit_NH, times_N = simulated(3, series=2)
    holes_NH = np.concatenate([pit_NH, np.full((50, HORIZON), np.nan)])
    holes_N = np.concatenate([times_N, np.arange(50) + ORIGINS])
    order = np.random.default_rng(0).permutation(len(holes_N))
    plain = uniformity(pit_NH, times_N, LEVELS)
    shuffled = uniformity(holes_NH[order], holes_N[order], LEVELS)
    for one, other in zip(plain, shuffled, strict=True):
        assert one.p_value == pytest.approx(other.p_value, rel=1e-9)


def test_further_ahead_fewer_frequencies_are_left() -> None:
    """84 instants: 7 cosines one bar ahead, 84 / (2 * 7) seven bars ahead."""
    pit_NH, times_N = simulated(0)
    found = uniformity(pit_NH[:84], times_N[:84], LEVELS)
    assert [found[h].degrees for h in (0, -1)] == [(4, 4), (4, 3)]


@pytest.mark.parametrize("count", [0, 5, 29])
def test_too_few_instants_say_nothing(count: int) -> None:
    result = uniformity(np.zeros((count, 2)), np.arange(count), LEVELS)
    assert [each.p_value for each in result] == [0.5, 0.5]


def test_targets_that_are_always_beyond_are_found() -> None:
    """Scores that never change have no variance: p must not be one."""
    assert uniformity(np.ones((200, 1)), np.arange(200), LEVELS)[0].p_value < 0.05
