"""Skill and coverage, by hand and against the forecast's own curves."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.backtest.scores import BANDS, band_coverage, skill
from foretell.forecast import QuantileCurve

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
