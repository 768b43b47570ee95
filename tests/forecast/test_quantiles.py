"""A distribution known by its quantiles: inverse functions, mean, tails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from foretell.forecast import DEFAULT_LEVELS, QuantileCurve

LEVELS = np.array(DEFAULT_LEVELS)
GAPS = st.lists(st.floats(0.01, 2.0), min_size=len(LEVELS), max_size=len(LEVELS))
CENTRES = st.floats(-5.0, 5.0)
PROBABILITIES = st.floats(1e-6, 1.0 - 1e-6)


def curve(gaps: list[float], centre: float = 0.0, *, log: bool) -> QuantileCurve:
    q_K = np.cumsum(gaps)
    return QuantileCurve(LEVELS, q_K - q_K[len(q_K) // 2] + centre, log=log)


@given(GAPS, CENTRES, PROBABILITIES, st.booleans())
def test_cdf_undoes_the_quantile(gaps: list[float], centre: float, level: float, log: bool) -> None:
    distribution = curve(gaps, centre, log=log)
    assert distribution.cdf(distribution.quantile(level)) == pytest.approx(level, abs=1e-9)


@given(GAPS, CENTRES, st.floats(-3.0, 3.0), st.booleans())
def test_quantile_undoes_the_cdf(gaps: list[float], centre: float, away: float, log: bool) -> None:
    distribution = curve(gaps, centre, log=log)
    value = float(np.exp(centre + away)) if log else centre + away
    level = distribution.cdf(value)
    assume(1e-6 < level < 1.0 - 1e-6)
    assert distribution.quantile(level) == pytest.approx(value, rel=1e-6, abs=1e-6)


@given(GAPS, st.booleans())
def test_given_quantiles_are_kept(gaps: list[float], log: bool) -> None:
    distribution = curve(gaps, log=log)
    q_K = np.cumsum(gaps) - np.cumsum(gaps)[len(gaps) // 2]
    expected = np.exp(q_K) if log else q_K
    assert [distribution.quantile(level) for level in LEVELS] == pytest.approx(expected)


@given(GAPS, CENTRES, st.booleans(), PROBABILITIES, PROBABILITIES)
def test_quantile_increases_with_the_level(
    gaps: list[float], centre: float, log: bool, one: float, other: float
) -> None:
    distribution = curve(gaps, centre, log=log)
    low, high = sorted((one, other))
    assert distribution.quantile(low) <= distribution.quantile(high)


def integral(distribution: QuantileCurve) -> float:
    """Mean as the integral of the quantile function; both tails on a logarithmic grid."""
    edges = np.concatenate([[0.0], np.geomspace(1e-12, 0.5, 20_001)])
    below, width = (edges[1:] + edges[:-1]) / 2.0, np.diff(edges)
    lower = np.array([distribution.quantile(level) for level in below])
    s = np.linspace(0.0, 40.0, 20_001)  # level = 1 - exp(-s) / 2
    s = (s[1:] + s[:-1]) / 2.0
    upper = [distribution.quantile(1.0 - 0.5 * np.exp(-each)) for each in s if each < 30.0]
    weights = 0.5 * np.exp(-s[: len(upper)]) * (40.0 / 20_000)
    return float(lower @ width + np.array(upper) @ weights)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("seed", [0, 1])
def test_mean_is_the_integral_over_the_levels(log: bool, seed: int) -> None:
    gaps = np.random.default_rng(seed).uniform(0.02, 0.3, len(LEVELS)).tolist()
    distribution = curve(gaps, 0.7, log=log)
    assert distribution.mean() == pytest.approx(integral(distribution), rel=1e-4)


@given(GAPS, CENTRES)
def test_mean_of_a_symmetric_distribution_is_its_median(gaps: list[float], centre: float) -> None:
    gaps[7:] = gaps[6:0:-1]
    assert curve(gaps, centre, log=False).mean() == pytest.approx(centre, abs=1e-9)


def test_mean_of_a_price_lies_above_its_median() -> None:
    distribution = curve([0.1] * len(LEVELS), 4.0, log=True)
    assert distribution.mean() > distribution.quantile(0.5)


@given(GAPS, CENTRES)
def test_mean_is_finite_however_heavy_the_tail(gaps: list[float], centre: float) -> None:
    gaps[-1] = 500.0
    gaps[-2:] = [1.0, 60.0]
    assert np.isfinite(curve(gaps, centre, log=True).mean())


def test_price_cannot_be_below_nothing() -> None:
    distribution = curve([0.1] * len(LEVELS), 4.0, log=True)
    assert distribution.cdf(0.0) == 0.0
    assert distribution.cdf(-3.0) == 0.0
    assert 0.0 < distribution.cdf(1.0) < 1e-9


def test_value_can_be_below_nothing() -> None:
    assert curve([0.1] * len(LEVELS), 0.0, log=False).cdf(0.0) == pytest.approx(0.5)


def test_tails_decay_exponentially() -> None:
    distribution = curve([1.0] * len(LEVELS), log=False)
    outermost = distribution.quantile(0.95)
    beyond = [1.0 - distribution.cdf(outermost + away) for away in (0.0, 1.0, 2.0)]
    assert beyond[0] == pytest.approx(0.05)
    assert beyond[1] / beyond[0] == pytest.approx(beyond[2] / beyond[1])
    assert distribution.cdf(-1e6) == 0.0
    assert distribution.cdf(1e6) == 1.0


def test_density_has_no_jump_at_the_outermost_levels() -> None:
    distribution, step = curve([0.3] * len(LEVELS), log=False), 1e-6
    for level in (0.05, 0.95):
        at = distribution.quantile(level)
        inside, outside = (distribution.quantile(level + side * step) - at for side in (1, -1))
        assert inside == pytest.approx(-outside, rel=1e-3)
