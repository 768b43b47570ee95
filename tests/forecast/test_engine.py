"""The fitted chain: whole histories, single bars and kept states give the same quantiles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster
from foretell.features import Season
from foretell.forecast.engine import Engine, Live
from foretell.series import Sequence, sequences


@pytest.fixture(params=["fitted", "fitted_rnn", "fitted_gru", "fitted_slstm", "fitted_values"])
def case(request: pytest.FixtureRequest) -> tuple[Engine, Sequence]:
    data = "values" if request.param == "fitted_values" else "candles"
    engine = request.getfixturevalue(request.param)._engine
    return engine, sequences(request.getfixturevalue(data))[0]


def test_single_bars_equal_the_whole_history_bit_for_bit(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    (whole,), _ = engine.trace([row], [0])
    _, live = engine.trace([row.head(40)], [39])
    later = [live[row.name].step(time, bar) for time, bar in list(row.bars())[40:]]
    assert np.array_equal(whole.q_THK[40:], np.array(later))


def test_first_origin_may_be_chosen(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    (whole,), _ = engine.trace([row], [0])
    (last,), _ = engine.trace([row], [len(row) - 5])
    assert (whole.first, last.first) == (0, len(row) - 5)
    assert last.sequence is row
    assert np.array_equal(whole.q_THK[-5:], last.q_THK)


def test_series_beside_others_equal_themselves_alone(
    two_coins: pl.DataFrame, fitted_two: Forecaster
) -> None:
    engine, rows = fitted_two._engine, sequences(two_coins)
    together, _ = engine.trace(rows, [0, 0])
    for row, trace in zip(rows, together, strict=True):
        (alone,), _ = engine.trace([row], [0])
        assert np.array_equal(trace.q_THK, alone.q_THK)


def test_quantiles_increase_and_centre_on_the_anchor(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    (trace,), _ = engine.trace([row], [0])
    centre_TH = engine.encoder.start(row.frequency).run(row).centre_TH
    assert trace.q_THK.dtype == np.float64
    assert (np.diff(trace.q_THK, axis=-1) > 0.0).all()
    spread_TH = trace.q_THK[..., -1] - trace.q_THK[..., 0]
    assert (np.abs(trace.q_THK[..., 5] - centre_TH) < 2.0 * spread_TH).all()


def test_kept_state_goes_on_bit_for_bit(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    _, live = engine.trace([row.head(100)], [99])
    kept = live[row.name]
    restored = Live.restore(engine, row.name, kept.state())
    assert (restored.time, restored.frequency) == (kept.time, kept.frequency)
    for time, bar in list(row.bars())[100:130]:
        assert np.array_equal(kept.step(time, bar), restored.step(time, bar))


@pytest.mark.parametrize("change", [{"log": True}, {"paths": (Season(6),)}, {"effects": (1.0,)}])
def test_fingerprint_tells_how_bars_are_read(
    case: tuple[Engine, Sequence], change: dict[str, Any]
) -> None:
    engine, _ = case
    other = replace(engine.encoder, layout=replace(engine.encoder.layout, **change))
    assert replace(engine, encoder=other).fingerprint() != engine.fingerprint()
    assert replace(engine).fingerprint() == engine.fingerprint()


def test_state_is_a_copy(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    _, live = engine.trace([row.head(100)], [99])
    state = live[row.name].state()
    before = {name: part.copy() for name, part in state.items()}
    time, bar = list(row.bars())[100]
    live[row.name].step(time, bar)
    for name, part in state.items():
        np.testing.assert_array_equal(part, before[name])


def test_live_series_knows_the_time_of_its_last_bar(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    _, live = engine.trace([row.head(50)], [49])
    assert live[row.name].time == row.time_T[49]
    live[row.name].step(*list(row.bars())[50])
    assert live[row.name].time == row.time_T[50]


def test_series_without_an_origin_has_no_forecasts(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    (trace,), _ = engine.trace([row], [len(row)])
    assert trace.q_THK.shape == (0, engine.encoder.layout.horizon, len(engine.levels_K))
