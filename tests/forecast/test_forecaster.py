"""The public face: arguments, fitting, forecasting, updating, saving."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone

from foretell import Forecast, Forecaster
from foretell.errors import (
    FrameError,
    MissingExtra,
    ShortHistory,
    TrainingDiverged,
    UsageError,
)
from foretell.series import fingerprint, sequences

Tiny = dict[str, Any]
Simulate = Callable[..., pl.DataFrame]


def same(one: Forecast, other: Forecast, series: str | None = None) -> bool:
    """Whether two forecasts of a series are equal bit for bit."""
    first, second = (
        next(each for each in forecast.outlooks if series in (None, each.series))
        for forecast in (one, other)
    )
    index = [(each.series, each.origin, each.time_H, each.log) for each in (first, second)]
    return index[0] == index[1] and np.array_equal(first.q_HK, second.q_HK)


def weights_of(model: Forecaster) -> dict[str, np.ndarray]:
    return model._engine.weights


def equal_weights(one: Forecaster, other: Forecaster) -> bool:
    pairs = ((tensor, weights_of(other)[name]) for name, tensor in weights_of(one).items())
    return all(np.array_equal(a, b) for a, b in pairs)


def rows(frame: pl.DataFrame, first: int, last: int) -> list[dict[str, Any]]:
    return frame[first:last].rows(named=True)


# -- arguments -------------------------------------------------------------------------------


def test_parameters_are_those_of_the_constructor() -> None:
    parameters = Forecaster(horizon=5, hidden_size=16).get_params()
    assert (parameters["horizon"], parameters["hidden_size"]) == (5, 16)
    assert Forecaster(**parameters).get_params() == parameters


def test_clone_is_equal_and_not_fitted(fitted: Forecaster, candles: pl.DataFrame) -> None:
    copy = clone(fitted)
    assert copy is not fitted
    assert copy.get_params() == fitted.get_params()
    with pytest.raises(UsageError, match="not fitted"):
        copy.predict(candles)


def test_parameters_can_be_set() -> None:
    model = Forecaster()
    assert model.set_params(horizon=3, seed=7) is model
    assert (model.horizon, model.seed) == (3, 7)


def test_unknown_parameter_is_refused() -> None:
    with pytest.raises(UsageError, match="no parameter 'horizn'; there are horizon, target"):
        Forecaster().set_params(horizn=3)


def test_changed_horizon_does_not_break_a_fitted_model(
    fitted: Forecaster, candles: pl.DataFrame, tmp_path: Path
) -> None:
    fitted.save(tmp_path / "model.safetensors")
    model = Forecaster.load(tmp_path / "model.safetensors")
    model.predict(candles.head(200))
    model.set_params(horizon=5)
    try:
        frame = model.update(rows(candles, 200, 201)[0]).to_frame()
    except UsageError:  # "fit again" would do as well
        return
    assert frame.height == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("horizon", 0), ("horizon", -1), ("horizon", 2.5), ("horizon", "3"), ("hidden_size", 0),
        ("layers", 0), ("ensemble", 0), ("chunk", 0), ("batch", 0), ("steps", 0), ("steps", None),
    ],
)  # fmt: skip
def test_count_that_cannot_be_is_refused(
    name: str, value: Any, tiny: Tiny, candles: pl.DataFrame
) -> None:
    with pytest.raises(UsageError, match=f"{name} is .*; give a whole number from 1"):
        Forecaster(**tiny | {name: value}).fit(candles)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("horizon", True), ("learning_rate", -1.0), ("learning_rate", float("nan")),
        ("weight_decay", -1.0), ("dropout", 2.0), ("dropout", -0.1), ("seed", -1), ("seed", "a"),
        ("seed", 10**18), ("warm_up", -5), ("patience", -1), ("target", 3), ("quantiles", None),
        ("quantiles", "median"),
    ],
)  # fmt: skip
def test_argument_that_cannot_be_is_refused(
    name: str, value: Any, tiny: Tiny, candles: pl.DataFrame
) -> None:
    with pytest.raises(UsageError, match=name):
        Forecaster(**tiny | {name: value}).fit(candles)


def test_unknown_cell_is_refused(tiny: Tiny, candles: pl.DataFrame) -> None:
    with pytest.raises(UsageError, match="cell is 'esn'; give one of rnn, gru, lstm, slstm"):
        Forecaster(cell="esn", **tiny).fit(candles)


@pytest.mark.parametrize(
    "levels",
    [(), (0.5,), (0.1, 0.9), (0.5, 0.1, 0.9), (0.1, 0.5, 0.8), (0.0, 0.5, 1.0), (0.1, 0.1, 0.9),
     (-0.1, 0.5, 1.1), (0.1, float("nan"), 0.9)],
)  # fmt: skip
def test_quantile_levels_that_cannot_be_are_refused(
    levels: tuple[float, ...], tiny: Tiny, candles: pl.DataFrame
) -> None:
    with pytest.raises(UsageError, match=r"quantiles is .*; give increasing levels between 0 and"):
        Forecaster(quantiles=levels, **tiny).fit(candles)


def test_other_levels_and_no_list_of_them_is_changed(tiny: Tiny, candles: pl.DataFrame) -> None:
    levels = [0.1, 0.5, 0.9]
    model = Forecaster(quantiles=levels, **tiny).fit(candles)
    assert model.get_params()["quantiles"] is levels
    assert model.predict(candles).to_frame().columns[-3:] == ["q0.1", "q0.5", "q0.9"]


# -- fitting ---------------------------------------------------------------------------------


def test_same_seed_gives_the_same_weights(
    fitted: Forecaster, tiny: Tiny, candles: pl.DataFrame
) -> None:
    assert max(fitted.about["training"]["passes"]) >= 1
    assert equal_weights(fitted, Forecaster(**tiny).fit(candles))


def test_until_is_exclusive(tiny: Tiny, candles: pl.DataFrame) -> None:
    end = candles["time"][220]
    until = Forecaster(**tiny).fit(candles, until=end)
    before = Forecaster(**tiny).fit(candles.filter(pl.col("time") < end))
    assert equal_weights(until, before)
    assert until.about == before.about
    assert until.about["data"]["last"] == f"{candles['time'][219]:%Y-%m-%d}"
    assert until.about["data"]["bars"] == 220


@pytest.mark.parametrize(
    "until",
    ["2022-08-11", "2022-08-11T00:00:00Z", date(2022, 8, 11), datetime(2022, 8, 11, tzinfo=UTC),
     "2022-08-10T12:00"],
)  # fmt: skip
def test_until_may_be_written_in_many_ways(until: Any, tiny: Tiny, candles: pl.DataFrame) -> None:
    model = Forecaster(**tiny).fit(candles, until=until)
    assert model.about["data"]["bars"] == 220


def test_until_before_the_data_is_refused(tiny: Tiny, candles: pl.DataFrame) -> None:
    with pytest.raises(ShortHistory, match="no bar opens before 2021-01-01; give earlier data"):
        Forecaster(**tiny).fit(candles, until="2021-01-01")


def test_until_that_is_no_time_is_refused(tiny: Tiny, candles: pl.DataFrame) -> None:
    with pytest.raises(UsageError, match="'the end' is not a time"):
        Forecaster(**tiny).fit(candles, until="the end")


def test_short_history_is_refused_and_the_model_stays(tiny: Tiny, candles: pl.DataFrame) -> None:
    model = Forecaster(**tiny).fit(candles)
    before = model.predict(candles)
    with pytest.raises(ShortHistory, match="to train on, and a horizon of 3 needs"):
        model.fit(candles.head(50))
    assert same(model.predict(candles), before)


@pytest.mark.parametrize("change", ["step", "columns"])
def test_model_can_be_fitted_anew_to_other_data(
    change: str, tiny: Tiny, candles: pl.DataFrame, simulate: Simulate
) -> None:
    other = simulate(200, step=3_600) if change == "step" else candles.drop("volume")
    model = Forecaster(**tiny)
    anew = model.fit(candles).fit(other)
    assert equal_weights(anew, clone(model).fit(other))


def test_fitting_forgets_the_series_under_way(tiny: Tiny, candles: pl.DataFrame) -> None:
    model = Forecaster(**tiny).fit(candles)
    model.predict(candles.head(250))
    model.fit(candles)
    with pytest.raises(UsageError, match="no history of series"):
        model.update(rows(candles, 250, 251)[0])


def test_diverged_training_is_told_and_the_model_still_forecasts(
    tiny: Tiny, candles: pl.DataFrame
) -> None:
    model = Forecaster(**tiny | {"learning_rate": 1e30})
    with pytest.raises(TrainingDiverged, match=r"are kept; lower learning_rate \(now 1e\+30\)"):
        model.fit(candles)
    assert model.about["training"]["end"] == "diverged"
    assert np.isfinite(model.predict(candles).outlooks[0].q_HK).all()


def test_interrupted_training_leaves_a_model_that_forecasts(
    tiny: Tiny, candles: pl.DataFrame
) -> None:
    def report(progress: Any) -> None:
        assert progress.done < 300, "training goes on after Ctrl-C"
        if (progress.member, progress.done) == (0, 3):
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    endless = tiny | {"steps": 10**9, "patience": 10**9}
    model = Forecaster(**endless).fit(candles, report=report)
    assert model.about["training"]["end"] == "interrupted"
    assert np.isfinite(model.predict(candles).outlooks[0].q_HK).all()


def test_missing_pytorch_is_told_with_the_remedy(
    tiny: Tiny, candles: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.startswith("foretell.models")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "foretell.training.quantiles")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"PyTorch, .*; pip install 'foretell\[train\]'"):
        Forecaster(**tiny).fit(candles)


def test_about_says_what_the_model_was_made_of(fitted: Forecaster, candles: pl.DataFrame) -> None:
    about = fitted.about
    assert about["data"] == {
        "series": ["SIM"], "bars": 300, "first": "2022-01-03", "last": "2022-10-29",
        "sha256": fingerprint(sequences(candles)), "skipped": [],
    }  # fmt: skip
    assert about["frequency"] == "1d"
    assert about["anchor"].startswith("random walk")
    assert about["training"]["end"] == "finished"
    assert about["training"]["validation_skill_over_anchor"] > 0.0
    assert {"python", "numpy", "torch", "foretell"} <= set(about["versions"])


# -- forecasting -----------------------------------------------------------------------------


def test_model_without_a_fit_is_refused(candles: pl.DataFrame, tmp_path: Path) -> None:
    for call in (
        lambda model: model.predict(candles),
        lambda model: model.save(tmp_path / "model.safetensors"),
        lambda model: model.trace(sequences(candles), 0),
    ):
        with pytest.raises(UsageError, match=r"not fitted; call fit\(frame\) first"):
            call(Forecaster())


def test_forecast_does_not_depend_on_what_was_forecast_before(
    fitted: Forecaster, candles: pl.DataFrame
) -> None:
    first = fitted.predict(candles)
    fitted.predict(candles.head(100))
    assert same(fitted.predict(candles), first)


def test_series_unknown_in_training_can_be_forecast(fitted: Forecaster, simulate: Simulate) -> None:
    forecast = fitted.predict(simulate(60, series="NEW", seed=9))
    assert forecast.outlooks[0].series == "NEW"
    assert np.isfinite(forecast.outlooks[0].q_HK).all()


def test_series_together_equal_each_alone(fitted_two: Forecaster, two_coins: pl.DataFrame) -> None:
    together = fitted_two.predict(two_coins)
    for name in ("ONE", "TWO"):
        assert same(fitted_two.predict(two_coins.filter(series=name)), together, name)


def test_trace_makes_an_origin_of_every_bar_from_the_start(
    fitted: Forecaster, candles: pl.DataFrame
) -> None:
    (row,) = sequences(candles)
    (trace,) = fitted.trace([row], int(row.time_T[280]))
    assert (trace.first, len(trace.q_THK)) == (280, 20)
    for origin in (280, 290, 299):
        whole = fitted.predict(candles.head(origin + 1)).outlooks[0].q_HK
        assert np.array_equal(trace.q_THK[origin - 280], whole)


def test_other_frequency_is_refused(fitted: Forecaster, simulate: Simulate) -> None:
    hourly = simulate(60, step=3_600)
    for attempt in (fitted.predict, lambda frame: fitted.trace(sequences(frame), 0)):
        with pytest.raises(FrameError, match=r"every 1h; this model was trained on .* every 1d"):
            attempt(hourly)


def test_updates_read_the_target_that_a_frame_would(tiny: Tiny, values: pl.DataFrame) -> None:
    frame = values.select("series", "time", load="value", value=100.0 - pl.col("value"))
    model = Forecaster(target="load", **tiny).fit(frame.head(200))
    model.predict(frame.head(200))
    assert same(model.update(rows(frame, 200, 201)[0]), model.predict(frame.head(201)))


@pytest.mark.parametrize(
    "change",
    [lambda frame: frame.drop("volume"), lambda frame: frame.select("time", value="close")],
    ids=["no volume", "values"],
)
def test_other_columns_are_refused(
    change: Callable[[pl.DataFrame], pl.DataFrame], fitted: Forecaster, candles: pl.DataFrame
) -> None:
    with pytest.raises(FrameError, match=r"this model was trained on open, high, low, close, vol"):
        fitted.predict(change(candles))


def test_target_picks_the_column_to_forecast(tiny: Tiny, candles: pl.DataFrame) -> None:
    model = Forecaster(target="volume", **tiny).fit(candles)
    values = candles.select("series", "time", value="volume")
    assert equal_weights(model, Forecaster(**tiny).fit(values))
    assert not model.predict(candles).outlooks[0].log


def test_constant_price_can_be_forecast(tiny: Tiny, candles: pl.DataFrame) -> None:
    prices = ("open", "high", "low", "close")
    flat = candles.with_columns(pl.lit(1.0).alias(name) for name in prices)
    frame = Forecaster(**tiny).fit(flat).predict(flat).to_frame()
    assert frame["q0.5"].to_list() == pytest.approx([1.0] * 3, abs=1e-3)
    assert np.isfinite(frame.drop("series", "origin", "time").to_numpy()).all()


# -- updating --------------------------------------------------------------------------------

CASES = pytest.mark.parametrize(
    ("model", "data"),
    [
        ("fitted", "candles"), ("fitted_rnn", "candles"), ("fitted_gru", "candles"),
        ("fitted_slstm", "candles"), ("fitted_values", "values"),
    ],
)  # fmt: skip


@CASES
def test_updates_equal_forecasts_from_the_longer_history(
    model: str, data: str, request: pytest.FixtureRequest
) -> None:
    forecaster, frame = request.getfixturevalue(model), request.getfixturevalue(data)
    expected = [forecaster.predict(frame.head(count)) for count in range(201, 231)]
    forecaster.predict(frame.head(200))
    found = [forecaster.update(bar) for bar in rows(frame, 200, 230)]
    assert all(same(one, other) for one, other in zip(found, expected, strict=True))
    assert found[-1].to_frame().equals(expected[-1].to_frame())


@CASES
def test_updates_of_a_loaded_model_equal_forecasts_from_the_longer_history(
    model: str, data: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    forecaster, frame = request.getfixturevalue(model), request.getfixturevalue(data)
    forecaster.predict(frame.head(200))
    forecaster.update(rows(frame, 200, 201)[0])
    forecaster.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    found = [loaded.update(bar) for bar in rows(frame, 201, 220)][-1]
    assert same(found, forecaster.predict(frame.head(220)))


def test_updates_of_several_series_equal_forecasts_from_their_longer_histories(
    fitted_two: Forecaster, two_coins: pl.DataFrame, tmp_path: Path
) -> None:
    one, two = (two_coins.filter(series=name) for name in ("ONE", "TWO"))
    expected = fitted_two.predict(two_coins)
    fitted_two.predict(pl.concat([one.head(180), two.head(150)]))
    for bar in rows(two, 150, 155):
        fitted_two.update(bar)
    fitted_two.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    for bar in rows(one, 180, 200):
        last_one = loaded.update(bar)
    for bar in rows(two, 155, 160):
        last_two = loaded.update({k: v for k, v in bar.items() if k != "series"}, series="TWO")
    assert same(last_one, expected, "ONE")
    assert same(last_two, expected, "TWO")


@CASES
def test_charts_of_updates_show_the_past_that_a_forecast_shows(
    model: str, data: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    forecaster, frame = request.getfixturevalue(model), request.getfixturevalue(data)
    expected = [forecaster.predict(frame.head(count)).outlooks[0].recent for count in (151, 152)]
    forecaster.predict(frame.head(150))
    found = [forecaster.update(bar).outlooks[0].recent for bar in rows(frame, 150, 151)]
    forecaster.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    found += [loaded.update(bar).outlooks[0].recent for bar in rows(frame, 151, 152)]
    for one, other in zip(found, expected, strict=True):
        assert len(one) == len(other) == 120
        plain = [replace(each, time_T=0, value_TC=0, ahead=None) for each in (one, other)]
        assert plain[0] == plain[1]
        assert np.array_equal(one.time_T, other.time_T)
        assert np.array_equal(one.value_TC, other.value_TC)


def test_updates_over_a_gap_and_a_weekend_equal_forecasts_from_the_longer_history(
    tiny: Tiny, candles: pl.DataFrame
) -> None:
    workdays = candles.filter(pl.col("time").dt.weekday() < 6, pl.int_range(pl.len()) != 260)
    model = Forecaster(**tiny).fit(workdays)
    expected = model.predict(workdays)
    model.predict(workdays.head(180))
    found = [model.update(bar) for bar in rows(workdays, 180, len(workdays))][-1]
    assert same(found, expected)
    assert expected.to_frame()["time"].dt.weekday().max() <= 5


def test_update_without_a_history_is_refused(tiny: Tiny, candles: pl.DataFrame) -> None:
    model = Forecaster(**tiny).fit(candles)
    with pytest.raises(UsageError, match=r"\(read: none\); call predict\(history\) first"):
        model.update(rows(candles, 299, 300)[0])


def test_update_of_an_unknown_series_is_refused(
    fitted_two: Forecaster, two_coins: pl.DataFrame
) -> None:
    fitted_two.predict(two_coins)
    with pytest.raises(UsageError, match=r"no history of series 'SIX' \(read: ONE, TWO\)"):
        fitted_two.update(rows(two_coins, 0, 1)[0], series="SIX")


def test_update_that_does_not_say_which_of_two_series_is_refused(
    fitted_two: Forecaster, two_coins: pl.DataFrame
) -> None:
    fitted_two.predict(two_coins.filter(pl.col("time") < two_coins["time"][150]))
    bar = rows(two_coins, 150, 151)[0]
    del bar["series"]
    with pytest.raises(UsageError, match="ONE, TWO"):
        fitted_two.update(bar)


def test_series_may_be_named_by_numbers(fitted: Forecaster, candles: pl.DataFrame) -> None:
    numbered = candles.with_columns(series=pl.lit(7))
    expected = fitted.predict(numbered.head(151))
    fitted.predict(numbered.head(150))
    assert same(fitted.update(rows(numbered, 150, 151)[0]), expected)


def spoilt_bars(frame: pl.DataFrame, at: int) -> dict[str, dict[str, Any]]:
    last, bar = rows(frame, at - 1, at + 1)
    return {
        "the last bar again": last,
        "an older bar": rows(frame, at - 5, at - 4)[0],
        "off the grid": bar | {"time": bar["time"] + timedelta(hours=1)},
        "not a number": bar | {"close": float("nan")},
        "negative price": bar | {"low": -1.0},
        "high below close": bar | {"high": bar["close"] * 0.5},
        "negative volume": bar | {"volume": -1.0},
        "no close": {key: value for key, value in bar.items() if key != "close"},
    }


@pytest.mark.parametrize(
    "name",
    ["the last bar again", "an older bar", "off the grid", "not a number", "negative price",
     "high below close", "negative volume", "no close"],
)  # fmt: skip
def test_wrong_bar_is_refused_and_the_state_untouched(
    name: str, fitted: Forecaster, candles: pl.DataFrame
) -> None:
    expected = fitted.predict(candles.head(151))
    fitted.predict(candles.head(150))
    with pytest.raises(FrameError):
        fitted.update(spoilt_bars(candles, 150)[name])
    assert same(fitted.update(rows(candles, 150, 151)[0]), expected)


# -- files -----------------------------------------------------------------------------------


@CASES
def test_loaded_model_forecasts_identically(
    model: str, data: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    forecaster, frame = request.getfixturevalue(model), request.getfixturevalue(data)
    forecaster.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    assert loaded.predict(frame).to_frame().equals(forecaster.predict(frame).to_frame())
    assert loaded.get_params() == forecaster.get_params()
    assert loaded.about == forecaster.about
    assert loaded.fingerprint() == forecaster.fingerprint()


def test_loaded_model_can_be_saved_again(
    fitted: Forecaster, tmp_path: Path, candles: pl.DataFrame
) -> None:
    fitted.predict(candles)
    fitted.save(tmp_path / "one.safetensors")
    Forecaster.load(tmp_path / "one.safetensors").save(str(tmp_path / "two.safetensors"))
    first, second = ((tmp_path / f"{n}.safetensors").read_bytes() for n in ("one", "two"))
    assert first == second


def test_model_with_numpy_arguments_can_be_saved(
    tiny: Tiny, candles: pl.DataFrame, tmp_path: Path
) -> None:
    model = Forecaster(**tiny | {"learning_rate": np.float32(1e-2), "seed": np.int64(3)})
    model.fit(candles).save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    assert (loaded.learning_rate, loaded.seed) == (np.float32(1e-2), 3)


def test_forecast_from_saved_weights_needs_no_pytorch(
    fitted: Forecaster, candles: pl.DataFrame, tmp_path: Path
) -> None:
    fitted.save(tmp_path / "model.safetensors")
    candles.write_parquet(tmp_path / "candles.parquet")
    script = (
        "import sys; sys.modules['torch'] = None; import foretell as ft; "
        "model = ft.Forecaster.load('model.safetensors'); "
        "model.predict('candles.parquet').to_frame().write_parquet('forecast.parquet')"
    )
    path = os.pathsep.join(filter(None, sys.path))
    subprocess.run(
        [sys.executable, "-c", script], check=True, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip
    forecast = pl.read_parquet(tmp_path / "forecast.parquet")
    assert forecast.equals(fitted.predict(candles).to_frame())
