"""The fitted way from bars to network inputs: whole histories, single bars, kept states."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from foretell.features import (
    Anchor,
    Climatology,
    DampedTrend,
    Encoder,
    Layout,
    Season,
    Standardiser,
    read,
)
from foretell.features.candles import Candles
from foretell.features.levels import Levels
from foretell.series import Sequence, sequences

CANDLE = ("open", "high", "low", "close")


PATHS = (Season(24), Climatology((24.0, 7.5)), DampedTrend(0.3, 0.1, 0.9))
CASES = {
    "candles": Layout((*CANDLE, "volume"), 4),
    "values": Layout(("value",), 4),
    "values with seasons": Layout(("value",), 4, paths=(Season(3), Season(24))),
    "logs of values": Layout(("value",), 4, log=True, paths=PATHS),
}


def encoder_for(sequence: Sequence, layout: Layout) -> Encoder:
    """With an anchor that uses all that is read."""
    reader = layout.reader(sequence.frequency)
    readings, rng = read(reader, sequence), np.random.default_rng(0)
    names = (reader.volatility_names, reader.path_names, reader.term_names)
    weights = [rng.uniform(size=(layout.horizon, len(each))) for each in names]
    return Encoder(layout, Anchor("", *weights), Standardiser.fit(readings.inputs_TF))


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[Encoder, Sequence]:
    name = "candles" if request.param == "candles" else "values"
    (sequence,) = sequences(request.getfixturevalue(name))
    return encoder_for(sequence, CASES[request.param]), sequence


def test_layout_picks_the_recursion_by_the_columns(sequence: Sequence) -> None:
    grid = sequence.frequency
    assert isinstance(Layout(CANDLE, 2).reader(grid), Candles)
    assert isinstance(Layout(("value",), 2).reader(grid), Levels)
    assert "volume" in Layout((*CANDLE, "volume"), 2).reader(grid).input_names
    assert "volume" not in Layout(CANDLE, 2).reader(grid).input_names
    levels = Layout(("value",), 2, paths=PATHS).reader(grid)
    assert levels.path_names == ("season_24", "climatology", "trend")


def test_quantiles_of_logs_are_given_back_as_values() -> None:
    q_K = np.array([0.5, 2.0])
    assert Layout(("value",), 2).outward(q_K) is q_K
    assert Layout(("value",), 2, log=True).outward(q_K) == pytest.approx(np.exp(q_K))


def test_shapes_of_readings_follow_the_names(case: tuple[Encoder, Sequence]) -> None:
    encoder, sequence = case
    reader = encoder.layout.reader(sequence.frequency)
    readings = read(reader, sequence)
    assert readings.inputs_TF.shape == (len(sequence), len(reader.input_names))
    assert readings.level_T.shape == (len(sequence),)
    paths = len(reader.path_names)
    assert readings.path_TP.shape == (len(sequence), paths * encoder.layout.horizon)
    assert readings.term_TS.shape == (len(sequence), len(reader.term_names))
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
    encoded = encoder_for(sequence, CASES["candles"]).start(sequence.frequency).run(sequence)
    assert encoded.x_TF.dtype == np.float32
    assert np.abs(encoded.x_TF.mean(axis=0)).max() < 0.1
    assert encoded.centre_TH.dtype == encoded.scale_TH.dtype == np.float64
    assert (encoded.scale_TH > 0.0).all()
