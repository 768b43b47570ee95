"""What is fitted before training: targets, anchor, scaling, the split."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from foretell.errors import ShortHistory
from foretell.forecast import DEFAULT_LEVELS, targets
from foretell.forecast.anchoring import SETTLING
from foretell.forecast.preparation import bars_needed, prepare
from foretell.series import sequences

LEVELS = np.array(DEFAULT_LEVELS)
Simulate = Callable[..., pl.DataFrame]


def test_targets_are_logs_of_the_closes_ahead(candles: pl.DataFrame) -> None:
    (rows,) = sequences(candles.head(6))
    log_close = np.log(candles["close"].to_numpy()[:6])
    ahead_TH = targets(rows, 2)
    assert np.array_equal(ahead_TH[:4], np.stack([log_close[1:5], log_close[2:6]], axis=1))
    assert ahead_TH[4, 0] == log_close[5]
    assert np.isnan([ahead_TH[4, 1], *ahead_TH[5]]).all()


def test_targets_of_other_sequences_are_the_values_ahead(values: pl.DataFrame) -> None:
    (rows,) = sequences(values.head(5))
    assert np.array_equal(targets(rows, 1)[:-1, 0], values["value"].to_numpy()[1:5])


def test_targets_beyond_a_short_history_are_unknown(values: pl.DataFrame) -> None:
    (rows,) = sequences(values.head(4))
    assert np.isnan(targets(rows, 9)[:, 3:]).all()
    assert np.isfinite(targets(rows, 9)[0, :3]).all()


def test_too_few_bars_are_refused_with_the_count_needed(simulate: Simulate) -> None:
    needed = bars_needed(14)
    with pytest.raises(ShortHistory) as refusal:
        prepare(sequences(simulate(needed - 1)), 14, LEVELS)
    assert f"'SIM' has {needed - 1} bars to train on" in str(refusal.value)
    assert f"a horizon of 14 needs {needed}; give more history or a shorter" in str(refusal.value)


def test_just_enough_bars_hold_targets_in_both_parts(simulate: Simulate) -> None:
    for horizon in (1, 14, 30):
        prepared = prepare(sequences(simulate(bars_needed(horizon))), horizon, LEVELS)
        (history,) = prepared.dataset.histories
        assert np.isfinite(history.training().z_TH).any(axis=0).all()
        assert np.isfinite(history.validation().z_TH).any(axis=0).all()


def test_short_series_beside_a_long_one_are_left_out(simulate: Simulate) -> None:
    rows = sequences(pl.concat([simulate(40, series="NEW"), simulate(200, series="OLD")]))
    prepared = prepare(rows, 3, LEVELS)
    assert [len(history.x_TF) for history in prepared.dataset.histories] == [200]


def test_validation_holds_targets_after_a_long_halt(simulate: Simulate) -> None:
    halted = pl.concat([simulate(300).head(200), simulate(400).tail(1)])
    try:
        prepared = prepare(sequences(halted), 1, LEVELS)
    except ShortHistory:
        return
    (history,) = prepared.dataset.histories
    assert np.isfinite(history.validation().z_TH).any()


def test_validation_starts_at_one_instant_for_all_series(simulate: Simulate) -> None:
    late = simulate(200, series="LATE", seed=1).with_columns(pl.col("time").dt.offset_by("60d"))
    rows = sequences(pl.concat([simulate(250, series="EARLY"), late]))
    prepared = prepare(rows, 3, LEVELS)
    last = rows[0].time_T[0] + 259 * 86_400
    assert prepared.parts.start == last - round(25.9 * 86_400)
    for history, row in zip(prepared.dataset.histories, rows, strict=True):
        assert row.time_T[history.split] >= prepared.parts.start
        assert row.time_T[history.split - 1] < prepared.parts.start


@pytest.mark.parametrize("count", [150, 1_000])
def test_one_series_is_validated_on_in_three_parts(simulate: Simulate, count: int) -> None:
    data = prepare(sequences(simulate(count)), 3, LEVELS).dataset
    assert data.blocks == 3
    for block in range(3):
        parts = data.histories[0].earlier(block)
        assert np.isfinite(parts.validation().z_TH).any(axis=0).all()
        assert (
            np.isfinite(parts.training().z_TH).sum()
            > 2 * np.isfinite(parts.validation().z_TH).sum()
        )


def test_several_series_are_validated_on_at_their_common_end(two_coins: pl.DataFrame) -> None:
    assert prepare(sequences(two_coins), 3, LEVELS).dataset.blocks == 1


def test_parts_fit_where_most_bars_lie_in_the_last_tenth_of_the_time(simulate: Simulate) -> None:
    candles = simulate(400)
    sparse = pl.concat([candles[:200:10], candles[200:]])  # a long sparse start
    early = sparse.with_columns(
        pl.when(pl.int_range(pl.len()) < 20)
        .then(pl.col("time") - pl.duration(days=4_000))
        .otherwise(pl.col("time"))
        .alias("time")
    )
    data = prepare(sequences(early), 3, LEVELS).dataset
    assert data.blocks == 1
    assert data.histories[0].split == 20


def test_standardised_targets_are_errors_of_the_anchor_over_its_scale(
    candles: pl.DataFrame,
) -> None:
    rows = sequences(candles)
    prepared = prepare(rows, 3, LEVELS)
    encoded = prepared.encoder.start(rows[0].frequency).run(rows[0])
    (history,) = prepared.dataset.histories
    expected = (targets(rows[0], 3) - encoded.centre_TH) / encoded.scale_TH
    assert np.array_equal(history.x_TF, encoded.x_TF)
    assert np.array_equal(history.z_TH[SETTLING:], expected[SETTLING:].astype("f4"), equal_nan=True)
    assert np.isnan(history.z_TH[:SETTLING]).all()


def test_prior_is_about_the_quantiles_of_the_standardised_targets(candles: pl.DataFrame) -> None:
    dataset = prepare(sequences(candles), 3, LEVELS).dataset
    (history,) = dataset.histories
    covered = [np.nanmean(history.z_TH[:, 0] < quantile) for quantile in dataset.prior_HK[0]]
    assert covered == pytest.approx(LEVELS, abs=0.08)
    assert (np.diff(dataset.prior_HK, axis=1) > 0.0).all()


def test_horizons_weigh_one_on_average_and_farther_ones_more(candles: pl.DataFrame) -> None:
    weight_H = prepare(sequences(candles), 5, LEVELS).dataset.weight_H
    assert weight_H.mean() == pytest.approx(1.0)
    assert (np.diff(weight_H) > 0.0).all()


def test_prices_keep_the_random_walk_as_centre(candles: pl.DataFrame) -> None:
    encoder = prepare(sequences(candles), 3, LEVELS).encoder
    assert encoder.anchor.name.startswith("random walk")
    assert encoder.layout.paths == ()


def test_constant_prices_can_be_prepared(candles: pl.DataFrame) -> None:
    flat = candles.with_columns(
        pl.lit(1.0).alias(name) for name in ("open", "high", "low", "close")
    )
    prepared = prepare(sequences(flat), 3, LEVELS)
    (history,) = prepared.dataset.histories
    assert np.isfinite(history.x_TF).all()
    assert np.isfinite(prepared.dataset.prior_HK).all()
    assert (np.diff(prepared.dataset.prior_HK, axis=1) > 0.0).all()
