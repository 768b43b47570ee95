"""The rivals of a record learn nothing from the bars that they are scored on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from foretell.forecast import Rival, rivals
from foretell.series import Sequence, sequences

HORIZON, AHEAD = 3, 10


@pytest.fixture(params=[0, 1], ids=["random walk", "EWMA volatility"])
def rival(request: pytest.FixtureRequest, levels: np.ndarray) -> Rival:
    return rivals(HORIZON, levels)[request.param]


@pytest.fixture(scope="module")
def row(history: pl.DataFrame) -> Sequence:
    return sequences(history)[0]


def changed(row: Sequence, first: int) -> Sequence:
    """The same series with another price from a bar on, and a wilder one."""
    other = replace(row, value_TC=row.value_TC.copy())
    noise = np.random.default_rng(0).uniform(0.5, 2.0, len(row) - first)
    other.value_TC[first:, :4] *= noise[:, None]
    return other


def said(rival: Rival, row: Sequence, first: int) -> np.ndarray:
    (trace,) = rival.trace([row], int(row.time_T[first]))
    assert trace.first == first
    return trace.q_THK


@pytest.mark.parametrize("ahead", [1, AHEAD])
def test_bars_after_an_origin_do_not_move_its_forecast(
    rival: Rival, row: Sequence, ahead: int
) -> None:
    first = 180
    one = said(rival, row, first)
    other = said(rival, changed(row, first + ahead), first)
    assert one[:ahead].tobytes() == other[:ahead].tobytes()
    assert not np.array_equal(one[ahead:], other[ahead:])


def test_the_last_bar_before_the_start_is_learned_from(rival: Rival, row: Sequence) -> None:
    """The check above can fail: one bar earlier and every forecast moves."""
    first = 180
    assert not np.array_equal(said(rival, row, first)[0], said(rival, changed(row, 179), first)[0])


def test_the_shape_of_a_forecast_is_fixed_at_the_start(rival: Rival, row: Sequence) -> None:
    """What is learned, the quantiles in volatilities, is one table for all origins."""
    shape_THK = said(rival, row, 180) - np.log(row.target_T[180:, None, None])
    ratio_THK = shape_THK / shape_THK[:, :1, :1]
    np.testing.assert_allclose(ratio_THK, np.broadcast_to(ratio_THK[0], ratio_THK.shape))


def test_the_random_walk_repeats_the_quantiles_of_past_changes(
    row: Sequence, levels: np.ndarray
) -> None:
    walk = rivals(HORIZON, levels)[0]
    level_T = np.log(row.target_T)
    changes = [level_T[step:180] - level_T[: 180 - step] for step in range(1, HORIZON + 1)]
    learned = np.array([np.quantile(change[20:], levels) for change in changes])
    np.testing.assert_allclose(said(walk, row, 180)[5], level_T[185] + learned)


def test_a_value_that_is_no_price_is_not_logged(levels: np.ndarray) -> None:
    times = [1_640_995_200 + 3_600 * hour for hour in range(200)]
    values = np.random.default_rng(1).normal(-5.0, 1.0, 200)
    frame = pl.DataFrame({"time": times, "value": values})
    quantiles = said(rivals(HORIZON, levels)[0], sequences(frame)[0], 150)
    assert np.isfinite(quantiles).all()
    assert abs(float(quantiles[..., 5].mean()) + 5.0) < 1.0


def test_a_series_that_never_moves_has_a_forecast(rival: Rival, row: Sequence) -> None:
    still = replace(row, value_TC=np.ones_like(row.value_TC))
    np.testing.assert_allclose(said(rival, still, 180), 0.0, atol=1e-9)
