"""The fitted way from bars to network inputs: whole histories, single bars, kept states."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from foretell.features import Anchor, Encoder, Layout, Standardiser, read
from foretell.features.candles import Candles
from foretell.features.levels import Levels
from foretell.series import Sequence, sequences

CANDLE = ("open", "high", "low", "close")


def encoder_for(sequence: Sequence, season: int = 0, horizon: int = 4) -> Encoder:
    layout = Layout(sequence.columns, horizon, season)
    readings = read(layout.reader(sequence.frequency), sequence)
    weight_HJ = np.random.default_rng(0).uniform(size=(horizon, readings.volatility_TJ.shape[1]))
    return Encoder(layout, Anchor("", weight_HJ), Standardiser.fit(readings.inputs_TF))


@pytest.fixture(params=["candles", "values", "values with a season"])
def case(request: pytest.FixtureRequest) -> tuple[Encoder, Sequence]:
    name, *rest = request.param.split(" ", 1)
    (sequence,) = sequences(request.getfixturevalue(name))
    return encoder_for(sequence, season=24 if rest else 0), sequence


def test_layout_picks_the_recursion_by_the_columns(sequence: Sequence) -> None:
    grid = sequence.frequency
    assert isinstance(Layout(CANDLE, 2).reader(grid), Candles)
    assert isinstance(Layout(("value",), 2).reader(grid), Levels)
    assert "volume" in Layout((*CANDLE, "volume"), 2).reader(grid).input_names
    assert "volume" not in Layout(CANDLE, 2).reader(grid).input_names
    assert "from_season" in Layout(("value",), 2, season=7).reader(grid).input_names


def test_shapes_of_readings_follow_the_names(case: tuple[Encoder, Sequence]) -> None:
    encoder, sequence = case
    reader = encoder.layout.reader(sequence.frequency)
    readings = read(reader, sequence)
    assert readings.inputs_TF.shape == (len(sequence), len(reader.input_names))
    assert readings.centre_TH.shape == (len(sequence), encoder.layout.horizon)
    assert readings.volatility_TJ.shape == (len(sequence), len(reader.volatility_names))


def test_whole_history_equals_single_bars_bit_for_bit(case: tuple[Encoder, Sequence]) -> None:
    encoder, sequence = case
    whole = encoder.start(sequence.frequency).run(sequence)
    stream = encoder.start(sequence.frequency)
    bars = [stream.step(time, bar) for time, bar in sequence.bars()]
    for part, steps in zip(whole, zip(*bars, strict=True), strict=True):
        assert np.array_equal(part, np.array(steps))


def test_restored_stream_goes_on_bit_for_bit(case: tuple[Encoder, Sequence]) -> None:
    encoder, sequence = case
    kept, fresh = encoder.start(sequence.frequency), encoder.start(sequence.frequency)
    kept.run(sequence.head(100))
    fresh.restore(kept.state())
    for time, bar in list(sequence.bars())[100:]:
        expected, found = kept.step(time, bar), fresh.step(time, bar)
        assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))


def test_streams_do_not_share_a_state(case: tuple[Encoder, Sequence]) -> None:
    encoder, sequence = case
    one = encoder.start(sequence.frequency)
    one.run(sequence.head(50))
    before = one.state()
    encoder.start(sequence.frequency).run(sequence)
    assert np.array_equal(one.state(), before)


def test_inputs_are_standardised_to_single_precision(candles: pl.DataFrame) -> None:
    (sequence,) = sequences(candles)
    encoded = encoder_for(sequence).start(sequence.frequency).run(sequence)
    assert encoded.x_TF.dtype == np.float32
    assert np.abs(encoded.x_TF.mean(axis=0)).max() < 0.1
    assert encoded.centre_TH.dtype == encoded.scale_TH.dtype == np.float64
    assert (encoded.scale_TH > 0.0).all()
