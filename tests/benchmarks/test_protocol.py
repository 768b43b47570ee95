"""The benchmark's scores, and its alignment of forecasts, GARCH's among them, with targets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import protocol

if TYPE_CHECKING:
    from pathlib import Path

BARS, TRAIN = 80, 60
LEVELS = len(protocol.QUANTILES)


@pytest.fixture
def closes(tmp_path: Path) -> list[protocol.Closes]:
    """Two random walks, the second one ten bars younger, through a file and back."""
    rng = np.random.default_rng(3)
    start = protocol.CUT - timedelta(days=TRAIN)
    frames = [
        pl.DataFrame(
            {
                "series": [name] * (BARS - skip),
                "time": [start + timedelta(days=day) for day in range(skip, BARS)],
                "close": np.exp(rng.normal(0, 0.03, BARS - skip).cumsum()),
            },
            schema_overrides={"time": pl.Datetime("us", "UTC")},
        )
        for name, skip in (("B", 0), ("A", 10))
    ]
    pl.concat(frames).sample(fraction=1, shuffle=True, seed=0).write_parquet(tmp_path / "bars")
    return protocol.load_closes(tmp_path / "bars")


def test_pinball_by_hand() -> None:
    y_STH = np.array([[[1.0]]])
    q_STHK = np.array([[[[0.5, 1.0, 1.5]]]])
    loss_STHK = protocol.pinball(q_STHK, y_STH, (0.1, 0.5, 0.9))
    # 0.1 * 0.5 below the target, nothing on it, (1 - 0.9) * 0.5 above it.
    np.testing.assert_allclose(loss_STHK, [[[[0.05, 0.0, 0.05]]]])


def test_coverage_counts_known_targets_only() -> None:
    y_STH = np.array([[[0.0], [1.0], [2.0], [np.nan]]])
    q_STHK = np.broadcast_to([-1.0, 1.0], (1, 4, 1, 2))
    assert protocol.coverage(q_STHK, y_STH, 0.1, 0.9, (0.1, 0.9)) == pytest.approx(2 / 3)


def test_series_weigh_equally_and_pairs_within_them() -> None:
    y_STH = np.array([[[1.0, 1.0], [1.0, np.nan]], [[0.0, 0.0], [0.0, np.nan]]])
    result = protocol.score(np.zeros((2, 2, 2, LEVELS)), y_STH)
    # The first series loses k * 1 at each of its three pairs, the second nothing.
    assert result.mean == pytest.approx(np.mean(protocol.QUANTILES) / 2)
    assert result.first == pytest.approx(np.mean(protocol.QUANTILES) / 2)


def test_mean_gives_every_pair_one_vote() -> None:
    y_STH = np.array([[[1.0, 3.0], [1.0, np.nan]]])
    result = protocol.score(np.zeros((1, 2, 2, LEVELS)), y_STH)
    assert result.mean == pytest.approx(np.mean(protocol.QUANTILES) * 5 / 3)


def test_load_sorts_and_cuts(closes: list[protocol.Closes]) -> None:
    assert [series.name for series in closes] == ["A", "B"]
    assert [series.train_size for series in closes] == [TRAIN - 10, TRAIN]
    for series in closes:
        assert (np.diff(series.times_N) == np.timedelta64(1, "D")).all()
        assert series.times_N[series.origins][0] == np.datetime64("2024-01-01")


def test_targets_stop_at_the_end_of_the_data(closes: list[protocol.Closes]) -> None:
    y_STH = protocol.actual_returns(closes)
    assert y_STH.shape == (2, BARS - TRAIN - 1, protocol.HORIZON)
    known_T = np.isfinite(y_STH[0]).sum(axis=1)
    assert known_T.tolist() == [14] * 6 + list(range(13, 0, -1))


def test_planted_future_scores_zero(closes: list[protocol.Closes]) -> None:
    q_STHK = np.zeros((2, BARS - TRAIN - 1, protocol.HORIZON, LEVELS))
    for s, series in enumerate(closes):
        for t in range(q_STHK.shape[1]):
            origin = series.train_size + t
            ahead = series.log_closes_N[origin + 1 :][: protocol.HORIZON]
            returns = ahead - series.log_closes_N[origin]
            q_STHK[s, t, : len(returns)] = returns[:, np.newaxis]
    result = protocol.score(q_STHK, protocol.actual_returns(closes))
    assert result == protocol.Score(0.0, 0.0, 1.0, 1.0, 0.0)
    # The same forecasts one origin late are no longer right.
    late_STHK = np.roll(q_STHK, 1, axis=1)
    assert protocol.score(late_STHK, protocol.actual_returns(closes)).mean > 0.001


def test_score_refuses_a_forecast_that_keeps_silent(closes: list[protocol.Closes]) -> None:
    y_STH = protocol.actual_returns(closes)
    q_STHK = np.zeros((*y_STH.shape, LEVELS))
    q_STHK[0, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="1 forecasts are missing"):
        protocol.score(q_STHK, y_STH)
    with pytest.raises(ValueError, match="do not match"):
        protocol.score(q_STHK[:, 1:], y_STH)


def test_targets_refuse_series_out_of_step(closes: list[protocol.Closes]) -> None:
    shifted = replace(closes[1], times_N=closes[1].times_N + np.timedelta64(1, "D"))
    with pytest.raises(ValueError, match="differ in their test bars"):
        protocol.actual_returns([closes[0], shifted])


def test_anchor_sees_nothing_ahead(closes: list[protocol.Closes]) -> None:
    before = protocol.anchor_forecast(closes)
    changed = [replace(c, log_closes_N=c.log_closes_N.copy()) for c in closes]
    seen = 5
    for series in changed:
        series.log_closes_N[series.train_size + seen + 1 :] += 1.0
    after = protocol.anchor_forecast(changed)
    np.testing.assert_array_equal(before[:, : seen + 1], after[:, : seen + 1])
    assert (before[:, seen + 1] != after[:, seen + 1]).any()


def test_ewma_volatility_by_hand() -> None:
    returns = np.full(30, 0.02)
    returns[25] = 0.1
    sigma_N = protocol.ewma_volatility(np.concatenate([[0.0], returns.cumsum()]))
    assert np.isnan(sigma_N[: protocol.EWMA_WARM_UP + 1]).all()
    np.testing.assert_allclose(sigma_N[protocol.EWMA_WARM_UP + 1 : 26], 0.02)
    assert sigma_N[26] == pytest.approx(np.sqrt(0.94 * 0.02**2 + 0.06 * 0.1**2))


def test_garch_sees_nothing_ahead() -> None:
    pytest.importorskip("arch", reason="arch is not installed: pip install 'foretell[backtest]'")
    garch = import_module("garch")
    rng = np.random.default_rng(11)
    swing = 0.03 * (1.0 + 0.8 * np.sin(np.arange(400) / 20.0))  # calm and wild by turns
    log_closes = np.concatenate([[0.0], (swing * rng.standard_t(5, 400)).cumsum()])
    times = np.datetime64("2020-01-01") + np.arange(len(log_closes))
    train_size, seen = len(log_closes) - 30, 5
    series = protocol.Closes("X", times, log_closes, train_size)
    changed = log_closes.copy()
    changed[train_size + seen + 1 :] += 0.5
    before = garch.garch_forecast([series]).q_STHK
    after = garch.garch_forecast([replace(series, log_closes_N=changed)]).q_STHK
    assert before.shape == (1, 29, protocol.HORIZON, LEVELS)
    np.testing.assert_array_equal(before[:, : seen + 1], after[:, : seen + 1])
    assert (before[:, seen + 1] != after[:, seen + 1]).all()
