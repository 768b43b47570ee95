"""Scores by hand, against the forecast's own curves, and against scoringrules."""

from __future__ import annotations

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from foretell.forecast import QuantileCurve
from foretell.proof import distribution
from foretell.proof.scores import (
    BANDS,
    absolute_error,
    band_coverage,
    band_width,
    interval_score,
    naive_scale,
    qlike,
    skill,
    squared_error,
    squared_move,
)

LEVELS = np.array([0.1, 0.5, 0.9])


def one_horizon(*targets: float) -> np.ndarray:
    return np.array(targets)[:, None]


def same_quantiles(count: int, *quantiles: float) -> np.ndarray:
    return np.broadcast_to(np.array(quantiles), (count, 1, len(quantiles)))


def test_skill_is_the_share_of_the_loss_that_is_saved() -> None:
    assert skill(0.75, 1.0) == 0.25
    assert skill(3.0, 4.0) == 0.25


def test_skill_is_negative_where_more_is_lost() -> None:
    assert skill(1.5, 1.0) == -0.5


def test_skill_against_a_rival_without_loss_is_nothing() -> None:
    assert skill(1.0, 0.0) == 0.0
    assert skill(0.0, 0.0) == 0.0


def test_coverage_by_hand() -> None:
    y_NH = one_horizon(-1.5, -0.5, 0.0, 0.5, 2.5)
    q_NHK = same_quantiles(5, -1.0, 0.0, 1.0)
    assert band_coverage(y_NH, q_NHK, LEVELS, 0.8).tolist() == [3 / 5]


def test_coverage_is_counted_horizon_by_horizon() -> None:
    y_NH = np.array([[0.0, 5.0], [0.0, 1.0], [9.0, 5.0]])
    q_NHK = np.broadcast_to(np.array([-1.0, 0.0, 1.0]), (3, 2, 3))
    assert band_coverage(y_NH, q_NHK, LEVELS, 0.8).tolist() == [2 / 3, 1 / 3]


def test_a_target_on_an_edge_is_inside(levels: np.ndarray) -> None:
    quantiles = np.linspace(-5.0, 5.0, len(levels))
    lower, upper = quantiles[1], quantiles[-2]  # levels 0.1 and 0.9
    q_NHK = same_quantiles(2, *quantiles)
    assert band_coverage(one_horizon(lower, upper), q_NHK, levels, 0.8).tolist() == [1.0]


def test_unknown_targets_do_not_count() -> None:
    y_NH = one_horizon(0.0, np.nan, 2.0, np.nan, np.nan)
    q_NHK = same_quantiles(5, -1.0, 0.0, 1.0)
    assert band_coverage(y_NH, q_NHK, LEVELS, 0.8).tolist() == [1 / 2]


def test_quantiles_of_each_origin_are_its_own() -> None:
    q_NHK = np.array([[[-1.0, 0.0, 1.0]], [[9.0, 10.0, 11.0]]])
    assert band_coverage(one_horizon(0.5, 0.5), q_NHK, LEVELS, 0.8).tolist() == [0.5]


@pytest.mark.parametrize("band", [*BANDS, 0.3, 0.55, 0.7])
@pytest.mark.parametrize("seed", range(5))
def test_edges_between_levels_are_those_of_the_curve(
    levels: np.ndarray, band: float, seed: int
) -> None:
    quantiles = np.sort(np.random.default_rng(seed).normal(size=len(levels)))
    curve = QuantileCurve(levels, quantiles, log=False)
    lower, upper = curve.quantile((1.0 - band) / 2.0), curve.quantile((1.0 + band) / 2.0)
    hair = 1e-9

    def held(target: float) -> bool:
        share_H = band_coverage(one_horizon(target), same_quantiles(1, *quantiles), levels, band)
        return bool(share_H[0])

    assert [held(lower - hair), held(lower + hair)] == [False, True]
    assert [held(upper - hair), held(upper + hair)] == [True, False]


# -- errors, widths, interval score, QLIKE ---------------------------------------------------------


def normal_quantiles(mean: np.ndarray, levels: np.ndarray) -> np.ndarray:
    return mean[..., None] + norm.ppf(levels)


def test_errors_by_hand() -> None:
    """Levels .1 .5 .9 of 0, 1, 4: tails of scale .25 and .75, a mean of 1.7 + .05."""
    y, q = one_horizon(3.0), same_quantiles(1, 0.0, 1.0, 4.0)
    assert absolute_error(y, q, LEVELS).tolist() == [[2.0]]
    mean = 0.4 * 0.5 + 0.4 * 2.5 + 0.1 * (0.0 - 0.25) + 0.1 * (4.0 + 0.75)
    assert squared_error(y, q, LEVELS)[0, 0] == pytest.approx((3.0 - mean) ** 2)


def test_interval_score_by_hand() -> None:
    """A band from -1 to 1 that is to hold 80%; 1.5 is outside by 0.5, times 2 / 0.2."""
    y, q = one_horizon(0.0, 1.5, -3.0), same_quantiles(3, -1.0, 0.0, 1.0)
    assert interval_score(y, q, LEVELS, 0.8).ravel() == pytest.approx([2.0, 7.0, 22.0])
    assert band_width(q, LEVELS, 0.8).ravel().tolist() == [2.0] * 3


@pytest.mark.parametrize("band", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("seed", range(3))
def test_interval_score_equals_scoringrules(levels: np.ndarray, band: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, q = rng.normal(0.0, 3.0, (20, 2)), np.sort(rng.normal(size=(20, 2, len(levels))), axis=-1)
    edges = (distribution.quantile(q, levels, (1.0 + side * band) / 2.0) for side in (-1, 1))
    known = scoringrules.interval_score(y, *edges, 1.0 - band)
    np.testing.assert_allclose(interval_score(y, q, levels, band), known, rtol=1e-9)


def test_naive_scale_by_hand() -> None:
    assert naive_scale(np.array([1.0, 3.0, 2.0, 6.0])) == pytest.approx(7.0 / 3.0)
    assert naive_scale(np.array([1.0, 3.0, 2.0, 6.0]), season=2) == 2.0


def test_squared_move_is_variance_and_drift(levels: np.ndarray) -> None:
    q = normal_quantiles(np.array([[1.0]]), levels)
    variance = distribution.variance(q, levels)[0, 0]
    assert variance == pytest.approx(1.0, abs=0.05)  # tails and lines instead of a bell
    moved = squared_move(q, levels, np.array([[-2.0]]))[0, 0]
    assert moved == pytest.approx(variance + 9.0)


def test_qlike_by_hand() -> None:
    assert qlike(np.array([2.0]), np.array([6.0])) == pytest.approx([np.log(2.0) + 3.0])
    assert qlike(np.array([2.0]), np.array([0.0])) == pytest.approx([np.log(2.0)])
    assert np.isnan(qlike(np.array([0.0]), np.array([1.0])))


@given(st.floats(0.01, 100.0), st.floats(0.1, 10.0))
def test_qlike_is_lowest_for_the_true_variance(truth: float, wrong: float) -> None:
    """In expectation: a noisy measure with the right mean ranks as the truth does (Patton 2011)."""
    noisy = truth * np.array([0.0, 0.5, 2.5])
    right, off = (qlike(np.full(3, each), noisy).mean() for each in (truth, truth * wrong))
    assert right <= off + 1e-9
