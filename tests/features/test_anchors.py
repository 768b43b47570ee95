"""Scales, their weights, and the prior quantiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.features import Anchor, blend, prior_quantiles, single

LEVELS = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
SEEDS = st.integers(0, 2**32 - 1)


def planted(count: int, horizon: int, weights: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Errors whose scale is a geometric mean of volatilities with known weights."""
    rng = np.random.default_rng(0)
    volatility_NJ = rng.normal(-4.0, 0.6, (count, len(weights)))
    scale_N = np.exp(volatility_NJ @ np.array(weights))
    root_H = np.sqrt(np.arange(1, horizon + 1))
    error_NH = scale_N[:, None] * root_H * rng.standard_normal((count, horizon))
    return error_NH, volatility_NJ


def test_scale_by_hand() -> None:
    anchor = Anchor("", np.array([[0.5, 0.5], [1.0, 0.0]]))
    scale_H = anchor.scale(np.log([0.04, 0.01]))
    assert scale_H == pytest.approx([0.02, np.sqrt(2.0) * 0.04])


def test_single_takes_one_volatility() -> None:
    anchor = single("ewma", horizon=4, memories=3, chosen=2)
    assert anchor.name == "ewma"
    expected = 0.03 * np.sqrt([1.0, 2.0, 3.0, 4.0])
    assert anchor.scale(np.log([0.5, 0.6, 0.03])) == pytest.approx(expected)


@given(SEEDS, st.integers(1, 14), st.integers(1, 4))
def test_scale_of_one_row_is_that_of_many_bit_for_bit(seed: int, horizon: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    anchor = Anchor("", rng.normal(size=(horizon, size)))
    volatility_NJ = rng.normal(-4.0, 1.0, (37, size))
    many_NH = anchor.scale(volatility_NJ)
    one_NH = np.array([anchor.scale(row) for row in volatility_NJ])
    assert np.array_equal(many_NH, one_NH)


@pytest.mark.parametrize("chosen", [[0], [0, 2], [0, 1, 2]])
def test_blend_weights_sum_to_one_over_the_chosen(chosen: list[int]) -> None:
    error_NH, volatility_NJ = planted(500, 3, [0.2, 0.3, 0.5])
    weight_HJ = blend("", error_NH, volatility_NJ, chosen).weight_HJ
    assert weight_HJ.sum(axis=1) == pytest.approx([1.0] * 3)
    others = [column for column in range(3) if column not in chosen]
    assert not weight_HJ[:, others].any()


@pytest.mark.parametrize("weights", [[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])
def test_blend_recovers_planted_weights(weights: list[float]) -> None:
    error_NH, volatility_NJ = planted(20_000, 2, weights)
    found_HJ = blend("", error_NH, volatility_NJ, [0, 1, 2]).weight_HJ
    assert np.abs(found_HJ - weights).max() < 0.2  # the softening draws them together a little


def test_blend_weighs_each_horizon_by_itself() -> None:
    near_NH, volatility_NJ = planted(20_000, 1, [1.0, 0.0])
    far_NH, _ = planted(20_000, 1, [0.0, 1.0])
    found_HJ = blend("", np.hstack([near_NH, far_NH]), volatility_NJ, [0, 1]).weight_HJ
    assert found_HJ[0, 0] > 0.8
    assert found_HJ[1, 1] > 0.8


def test_blend_leaves_unknown_targets_out() -> None:
    error_NH, volatility_NJ = planted(400, 2, [0.4, 0.6])
    gaps_NH = error_NH.copy()
    gaps_NH[300:, 1] = np.nan
    found_HJ = blend("", gaps_NH, volatility_NJ, [0, 1]).weight_HJ
    known_HJ = blend("", error_NH[:300], volatility_NJ[:300], [0, 1]).weight_HJ
    assert found_HJ[1] == pytest.approx(known_HJ[1], rel=1e-9)


def test_blend_of_equal_volatilities_and_no_errors_is_finite() -> None:
    found = blend("", np.zeros((50, 2)), np.full((50, 3), -9.0), [0, 1, 2])
    assert np.isfinite(found.weight_HJ).all()
    assert found.weight_HJ.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_prior_of_symmetric_errors_is_their_quantiles() -> None:
    half = np.linspace(0.01, 3.0, 500)
    z_NH = np.concatenate([-half, half])[:, None]
    assert prior_quantiles(z_NH, LEVELS)[0] == pytest.approx(np.quantile(z_NH, LEVELS))


def test_prior_is_half_as_lopsided_as_the_past() -> None:
    z_NH = np.random.default_rng(3).exponential(size=(2_000, 2)) - 0.5
    empirical_HK = np.quantile(z_NH, LEVELS, axis=0).T
    prior_HK = prior_quantiles(z_NH, LEVELS)
    assert prior_HK + prior_HK[:, ::-1] == pytest.approx(
        0.5 * (empirical_HK + empirical_HK[:, ::-1])
    )


def test_prior_that_is_not_mirrored_is_the_past() -> None:
    z_NH = np.random.default_rng(3).exponential(size=(2_000, 2)) - 0.5
    prior_HK = prior_quantiles(z_NH, LEVELS, mirror=0.0)
    assert prior_HK == pytest.approx(np.quantile(z_NH, LEVELS, axis=0).T)


def test_centre_by_hand() -> None:
    anchor = Anchor(
        "", np.zeros((2, 0)), np.array([[1.0, 0.5], [0.0, 0.5]]), np.array([[0.0], [2.0]])
    )
    path_P, term_S = np.array([4.0, 5.0, 8.0, 9.0]), np.array([0.25])
    # One bar ahead all the way to 4 and half the way to 8; then half the way to 9, and twice .25.
    assert anchor.centre(np.array(2.0), path_P, term_S) == pytest.approx([7.0, 6.0])


@given(SEEDS, st.integers(1, 14), st.integers(0, 3), st.integers(0, 5))
def test_centre_of_one_row_is_that_of_many_bit_for_bit(
    seed: int, horizon: int, paths: int, terms: int
) -> None:
    rng = np.random.default_rng(seed)
    toward_HM, pull_HS = rng.normal(size=(horizon, paths)), rng.normal(size=(horizon, terms))
    anchor = Anchor("", np.zeros((horizon, 0)), toward_HM, pull_HS)
    rows = rng.normal(size=37), rng.normal(size=(37, paths * horizon)), rng.normal(size=(37, terms))
    many_NH = anchor.centre(*rows)
    one_NH = np.array([anchor.centre(*row) for row in zip(*rows, strict=True)])
    assert np.array_equal(many_NH, one_NH)


def test_prior_is_as_wide_as_the_past() -> None:
    z_NH = np.random.default_rng(3).exponential(size=(2_000, 2)) - 0.5
    empirical_HK = np.quantile(z_NH, LEVELS, axis=0).T
    prior_HK = prior_quantiles(z_NH, LEVELS)
    assert prior_HK - prior_HK[:, ::-1] == pytest.approx(empirical_HK - empirical_HK[:, ::-1])


def test_prior_leaves_unknown_targets_out() -> None:
    z_NH = np.random.default_rng(4).normal(size=(100, 2))
    gaps_NH = np.vstack([z_NH, np.full((5, 2), np.nan)])
    assert np.array_equal(prior_quantiles(gaps_NH, LEVELS), prior_quantiles(z_NH, LEVELS))


@pytest.mark.parametrize("value", [0.0, 3.0, -1e6])
@pytest.mark.parametrize("levels", [LEVELS, LEVELS[[0, 5, 10]]])
def test_prior_of_constant_data_still_increases(value: float, levels: np.ndarray) -> None:
    prior_HK = prior_quantiles(np.full((200, 3), value), levels)
    assert (np.diff(prior_HK, axis=1) > 0.0).all()


@given(SEEDS, st.sampled_from([1, 2, 3, 50]), st.sampled_from([3, 5, 11]))
def test_prior_increases_whatever_the_data(seed: int, distinct: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    z_NH = rng.choice(rng.standard_t(2, distinct), (80, 2))
    levels = np.linspace(0.1, 0.9, count)
    prior_HK = prior_quantiles(z_NH, levels)
    assert prior_HK.shape == (2, count)
    assert (np.diff(prior_HK.astype(np.float32), axis=1) > 0.0).all()
