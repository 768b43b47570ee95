"""Figures of many distributions at once: against single curves, integrals and scoringrules."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from foretell.forecast import DEFAULT_LEVELS, QuantileCurve, pinball
from foretell.proof import distribution

LEVELS = np.array(DEFAULT_LEVELS)
SEEDS = st.integers(0, 100_000)


def sample(seed: int, count: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Targets, some far outside, and increasing quantiles, shape (count, 2) and (count, 2, K)."""
    rng = np.random.default_rng(seed)
    gap = rng.exponential(0.5, (count, 2, len(LEVELS))) + 1e-3
    q = gap.cumsum(axis=-1) + rng.normal(0.0, 5.0, (count, 2, 1))
    return q[..., 5] + rng.standard_t(2, (count, 2)) * 2.0, q


def curves(q: np.ndarray) -> list[QuantileCurve]:
    return [QuantileCurve(LEVELS, q_K, log=False) for q_K in q.reshape(-1, len(LEVELS))]


@given(SEEDS, st.floats(1e-4, 1.0 - 1e-4))
def test_quantiles_are_those_of_the_curve(seed: int, level: float) -> None:
    _, q = sample(seed)
    expected = [curve.quantile(level) for curve in curves(q)]
    found = distribution.quantile(q, LEVELS, level).ravel()
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@given(SEEDS)
def test_probabilities_are_those_of_the_curve(seed: int) -> None:
    y, q = sample(seed)
    expected = [curve.cdf(each) for curve, each in zip(curves(q), y.ravel(), strict=True)]
    np.testing.assert_allclose(distribution.cdf(y, q, LEVELS).ravel(), expected, atol=1e-12)


@given(SEEDS)
def test_means_are_those_of_the_curve(seed: int) -> None:
    _, q = sample(seed)
    expected = [curve.mean() for curve in curves(q)]
    np.testing.assert_allclose(distribution.mean(q, LEVELS).ravel(), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_variance_is_the_integral_of_the_squared_distance(seed: int) -> None:
    _, q = sample(seed, 1)
    curve, mean = curves(q)[0], distribution.mean(q, LEVELS).ravel()[0]
    edges = [0.0, *LEVELS, 1.0]
    parts = [
        quad(lambda level: (curve.quantile(level) - mean) ** 2, low, high, limit=200)[0]
        for low, high in pairwise(edges)
    ]
    assert distribution.variance(q, LEVELS).ravel()[0] == pytest.approx(sum(parts), rel=1e-6)


def test_variance_of_a_narrow_distribution_far_from_zero() -> None:
    """Logs of a price near 60,000 that spread by a hundred-thousandth."""
    q_K = np.linspace(-1e-5, 1e-5, len(LEVELS))
    near, far = (distribution.variance(q_K + place, LEVELS) for place in (0.0, 11.0))
    assert far / near == pytest.approx(1.0, rel=1e-6)
    assert near > 0.0


@pytest.mark.parametrize("seed", range(6))
def test_crps_is_its_definition_integrated(seed: int) -> None:
    y, q = sample(seed, 1)
    target, curve, q_K = float(y[0, 0]), curves(q)[0], q[0, 0]

    def piece(low: float, high: float) -> float:
        return quad(lambda x: (curve.cdf(x) - (x >= target)) ** 2, low, high, limit=200)[0]

    edges = sorted([*q_K, target])
    inside = sum(piece(low, high) for low, high in pairwise(edges))
    expected = piece(-np.inf, edges[0]) + inside + piece(edges[-1], np.inf)
    assert distribution.crps(y, q, LEVELS)[0, 0] == pytest.approx(expected, rel=1e-6)


@given(SEEDS)
def test_crps_is_twice_the_pinball_loss_over_all_levels(seed: int) -> None:
    y, q = sample(seed, 1)
    inner = (np.arange(4_000) + 0.5) / 4_000
    all_quantiles = np.stack([distribution.quantile(q, LEVELS, each) for each in inner], axis=-1)
    expected = 2.0 * pinball(y, all_quantiles, inner)
    np.testing.assert_allclose(distribution.crps(y, q, LEVELS), expected, rtol=5e-3)
    known = scoringrules.crps_quantile(y, all_quantiles, inner)
    np.testing.assert_allclose(expected, known, rtol=1e-9)


def test_crps_of_fine_quantiles_is_that_of_scoringrules() -> None:
    """A Laplace distribution: its tails are exponential, so only the middle is approximate."""
    levels = np.arange(1, 400) / 400
    q_K = np.where(levels < 0.5, np.log(2.0 * levels), -np.log(2.0 - 2.0 * levels))
    y = np.array([-9.0, -2.0, -0.3, 0.0, 0.1, 1.0, 4.0, 12.0])
    found = distribution.crps(y, np.broadcast_to(q_K, (len(y), len(q_K))), levels)
    np.testing.assert_allclose(found, scoringrules.crps_laplace(y, 0.0, 1.0), atol=2e-3)


def test_crps_of_a_uniform_distribution_is_that_of_scoringrules() -> None:
    levels = np.array([1e-9, 0.5, 1.0 - 1e-9])
    y = np.array([-1.0, 0.0, 0.2, 0.5, 0.99, 3.0])
    q = np.broadcast_to(levels, (len(y), 3))
    known = scoringrules.crps_uniform(y, 0.0, 1.0)
    np.testing.assert_allclose(distribution.crps(y, q, levels), known, atol=1e-7)


def test_crps_of_certainty_is_the_distance() -> None:
    q = np.zeros((3, len(LEVELS)))
    assert distribution.crps(np.array([-2.0, 0.0, 5.0]), q, LEVELS).tolist() == [2.0, 0.0, 5.0]
    assert distribution.cdf(np.array([-2.0, 5.0]), q[:2], LEVELS).tolist() == [0.0, 1.0]


@given(SEEDS, st.floats(0.1, 10.0), st.floats(-10.0, 10.0))
def test_units_and_origin_do_not_matter(seed: int, unit: float, shift: float) -> None:
    y, q = sample(seed)
    moved = (unit * y + shift, unit * q + shift)
    crps, cdf = distribution.crps(y, q, LEVELS), distribution.cdf(y, q, LEVELS)
    np.testing.assert_allclose(distribution.crps(*moved, LEVELS), unit * crps, rtol=1e-8)
    np.testing.assert_allclose(distribution.cdf(*moved, LEVELS), cdf, atol=1e-8)
    variance = distribution.variance(q, LEVELS)
    np.testing.assert_allclose(
        distribution.variance(moved[1], LEVELS), unit**2 * variance, rtol=1e-8
    )


@given(SEEDS)
def test_crps_is_the_same_in_the_mirror(seed: int) -> None:
    y, q = sample(seed)
    mirrored = distribution.crps(-y, -q[..., ::-1], LEVELS)
    np.testing.assert_allclose(mirrored, distribution.crps(y, q, LEVELS), rtol=1e-9)


def test_what_is_not_known_has_no_score() -> None:
    y, q = sample(0)
    y[1, 0] = np.nan
    for score in (distribution.crps, distribution.cdf):
        found = score(y, q, LEVELS)
        assert np.isnan(found[1, 0])
        assert np.isnan(found).sum() == 1
