"""Nothing after a bar changes anything at or before it, and the check would notice if it did.

The future after a cut is replaced; inputs, anchor and forecasts up to and including the cut, and
all that is fitted on the bars before it, must stay the same bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster
from foretell.features import (
    Climatology,
    DampedTrend,
    Encoded,
    Encoder,
    Layout,
    Mixture,
    Readings,
    Season,
    Standardiser,
    read,
)
from foretell.features.paths import Recursion
from foretell.features.reader import Reader, Reading
from foretell.forecast import DEFAULT_LEVELS
from foretell.forecast.candidates import Candidate
from foretell.forecast.engine import Engine, uncalibrated
from foretell.forecast.targets import ahead
from foretell.series import KNOWN, Bar, Calendars, Extra, Frequency, Sequence, sequences

pytestmark = pytest.mark.uncovered

LENGTH = 104
FUTURES = ("noise", "a thousand times larger", "halted", "nothing")
Arrays = dict[str, np.ndarray]
Outputs = Callable[[list[Sequence]], list[Arrays]]


def with_future(row: Sequence, cut: int, future: str) -> Sequence:
    """Keep the bars up to and including `cut`, and replace those after it."""
    rng, later = np.random.default_rng(cut), slice(cut + 1, None)
    time_T, value_TC = row.time_T, row.value_TC.copy()
    if future == "nothing":
        return row.head(cut + 1)
    own = [not name.startswith(KNOWN) for name in row.columns]  # known in advance: the exception
    if future == "noise":
        value_TC[later] *= np.exp(rng.normal(size=(len(value_TC) - cut - 1, 1)))
    if future == "a thousand times larger":
        value_TC[later] *= 1_000.0
    if future == "halted" and all(own):  # the same bar for ever, and every fourth one is missing
        value_TC[later] = value_TC[cut + 1]
        kept = (np.arange(len(time_T)) <= cut) | (np.arange(len(time_T)) % 4 != 0)
        time_T, value_TC = time_T[kept], value_TC[kept]
    if not all(own):
        value_TC[:, np.logical_not(own)] = row.known_TK
    return replace(row, time_T=time_T, value_TC=value_TC)


def changed(one: Arrays, other: Arrays, count: int | None = None) -> set[str]:
    """Names of the arrays that differ in their first `count` rows."""
    return {name for name in one if not np.array_equal(one[name][:count], other[name][:count])}


def leaks(outputs: Outputs, row: Sequence, cut: int, whole: Arrays | None = None) -> set[str]:
    """Names of the outputs that tell something of the bars after `cut`."""
    whole = whole or outputs([row])[0]
    others = outputs([with_future(row, cut, future) for future in FUTURES])
    return set().union(*(changed(whole, other, cut + 1) for other in others))


def honest(engine: Engine) -> Outputs:
    """All that is computed from bars, as `predict` and the backtest compute it."""
    noted: list[Encoded] = []

    class Noting(Encoder):
        """Keeps what the network is given."""

        def apply(self, readings: Readings) -> Encoded:
            noted.append(super().apply(readings))
            return noted[-1]

    fitted = engine.encoder
    noting = Noting(fitted.layout, fitted.anchor, fitted.standardiser)
    whole = replace(engine, encoder=noting)

    def outputs(rows: list[Sequence]) -> list[Arrays]:
        noted.clear()
        traces, _ = whole.trace(rows, [0] * len(rows))
        return [each._asdict() | {"q_THK": trace.q_THK}
                for each, trace in zip(noted, traces, strict=True)]  # fmt: skip

    return outputs


def with_reader(engine: Engine, wrap: Callable[[Reader, Sequence], Reader]) -> Outputs:
    """The same chain around another reader."""

    def one(row: Sequence) -> Arrays:
        reader = wrap(engine.encoder.layout.reader(row.frequency), row)
        encoded = engine.encoder.apply(read(reader, row, engine.encoder.layout.horizon))
        z_THK = engine.network.run([encoded.x_TF])[0][0]
        q_THK = engine.encoder.layout.outward(uncalibrated(encoded, z_THK).quantiles())
        return encoded._asdict() | {"q_THK": q_THK}

    return lambda rows: [one(row) for row in rows]


class Peeking:
    """A reader with a planted leak: it adds the move to the next bar's target to an input."""

    def __init__(self, reader: Reader, row: Sequence) -> None:
        self._reader = reader
        self._next = dict(zip(row.time_T.tolist(), row.target_T.tolist()[1:], strict=False))
        self._target = row.columns.index("close" if row.priced else "value")

    def step(self, time: int, bar: Bar) -> Reading:
        reading = self._reader.step(time, bar)
        move = self._next.get(time, bar[self._target]) / bar[self._target] - 1.0
        return reading._replace(inputs=[reading.inputs[0] + move, *reading.inputs[1:]])


def cuts(count: int) -> list[int]:
    places = np.random.default_rng(0).choice(np.arange(1, LENGTH - 1), count, replace=False)
    return sorted(places.tolist())


WAVES, TREND = Climatology((24.0, 7.5)), DampedTrend(0.4, 0.1, 0.9)
MIXED = Mixture(3, (6, 24))
ANCHORS = {
    "last value": Candidate("last"),
    "season": Candidate("path", (Season(24),)),
    "trend": Candidate("path", (TREND,)),
    "climatology": Candidate("decaying", (WAVES,)),
    "mixture": Candidate("path", (MIXED,)),
    "least squares": Candidate("drawn", (Season(6), Season(24), WAVES, TREND, MIXED)),
}
EXTRAS = {
    "alone": Extra(),
    "input": Extra(("humidity",)),
    "known": Extra((), ("holiday",)),
    "both": Extra(("humidity",), ("holiday",)),
}
PARTS = ("input", "known")
COLUMNS_OF_CELL = {"rnn": (1, 1), "gru": (3, 4), "lstm": (4, 4), "slstm": (4, 4)}


def engine_of(
    candidate: Candidate, row: Sequence, *, log: bool = False, cell: str = "lstm"
) -> Engine:
    """An engine around one anchor, with a network of random weights: it uses all its inputs."""
    layout = Layout(row.columns, 3, log, candidate.paths)
    if layout.known and not row.priced:
        layout = replace(layout, effects=(0.1 if log else 5.0,))
    readings = read(layout.reader(row.frequency), row, 3)
    anchor = candidate.fit(ahead(readings.level_T, 3), readings)
    inputs, units, levels_K = readings.inputs_TF.shape[1], 8, np.array(DEFAULT_LEVELS)
    scaling = Standardiser.fit(readings.inputs_TF, layout.copies(inputs))
    of_weight, of_bias = COLUMNS_OF_CELL[cell]
    shapes = {
        f"{cell}.0.weight": (2, inputs + units, of_weight * units),
        f"{cell}.0.bias": (2, of_bias * units),
        "head.weight": (2, inputs + units, 3 * len(levels_K)),
    }
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(0.0, 0.1, shape).astype("f4") for name, shape in shapes.items()}
    prior_HK = np.tile(np.linspace(-2.0, 2.0, len(levels_K)), (3, 1)).astype("f4")
    return Engine(
        Encoder(layout, anchor, scaling),
        weights | {"head.prior": prior_HK},
        levels_K,
        Calendars(row.frequency),
    )


def row_of(name: str, extra: Extra, request: pytest.FixtureRequest) -> Sequence:
    """Candles or values, with further columns or without."""
    frame = request.getfixturevalue("covered").head(LENGTH)
    if name == "candles":
        candles = request.getfixturevalue("candles").head(LENGTH)
        frame = candles.with_columns(frame["humidity"], frame["holiday"])
    return sequences(frame, None, extra)[0]


TRAINED = {"candles": "fitted", "covered": "fitted_covered"}


@pytest.fixture(
    params=[
        *TRAINED,
        *(f"{anchor}, {extra}" for anchor in ANCHORS for extra in ("alone", "both")),
        *(f"{name}, {extra}" for name in ("candles", "last value") for extra in PARTS),
        "least squares, both, in logs",
    ]
)
def case(request: pytest.FixtureRequest) -> tuple[Engine, Sequence]:
    """Every kind of anchor, alone and with further columns of each kind."""
    if request.param in TRAINED:
        model: Forecaster = request.getfixturevalue(TRAINED[request.param])
        given = request.getfixturevalue(request.param).head(LENGTH)
        return model._engine, sequences(given, None, model.extra)[0]
    name, extra, *log = request.param.split(", ")
    row = row_of(name, EXTRAS[extra], request)
    return engine_of(ANCHORS.get(name, Candidate("last")), row, log=bool(log)), row


def test_no_input_anchor_or_forecast_tells_of_later_bars(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    outputs = honest(engine)
    (whole,) = outputs([row])
    assert {cut: found for cut in cuts(100) if (found := leaks(outputs, row, cut, whole))} == {}


@pytest.mark.parametrize("further", [False, True])
@pytest.mark.parametrize("cell", ["rnn", "gru", "slstm"])
def test_no_forecast_of_another_cell_tells_of_later_bars(
    cell: str, *, further: bool, request: pytest.FixtureRequest
) -> None:
    if further:
        row = row_of("values", EXTRAS["both"], request)
        outputs = honest(engine_of(ANCHORS["least squares"], row, cell=cell))
    else:
        row = row_of("candles", EXTRAS["alone"], request)
        outputs = honest(request.getfixturevalue(f"fitted_{cell}")._engine)
    (whole,) = outputs([row])
    assert {cut: found for cut in cuts(10) if (found := leaks(outputs, row, cut, whole))} == {}
    (noise,) = outputs([with_future(row, 60, "noise")])
    assert "q_THK" in changed(whole, noise)


def test_later_bars_do_change_later_outputs(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    whole, noise = honest(engine)([row, with_future(row, 60, "noise")])
    assert changed(whole, noise) == {"x_TF", "level_T", "centre_TH", "scale_TH", "q_THK"}


def test_chain_around_another_reader_is_the_chain(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    plain = with_reader(engine, lambda reader, _: reader)
    assert changed(honest(engine)([row])[0], plain([row])[0]) == set()


def test_planted_leak_of_one_bar_is_caught_at_every_cut(case: tuple[Engine, Sequence]) -> None:
    engine, row = case
    outputs = with_reader(engine, Peeking)
    for cut in cuts(10):
        assert leaks(outputs, row, cut) == {"x_TF", "q_THK"}


def test_scaling_fitted_on_the_whole_history_is_caught(case: tuple[Engine, Sequence]) -> None:
    engine, row = case

    def one(row: Sequence) -> Arrays:
        layout = engine.encoder.layout
        readings = read(layout.reader(row.frequency), row, layout.horizon)
        scaler = Standardiser.fit(readings.inputs_TF)
        return replace(engine.encoder, standardiser=scaler).apply(readings)._asdict()

    for cut in cuts(10):
        assert leaks(lambda rows: [one(row) for row in rows], row, cut) == {"x_TF"}


class Foreseeing:
    """A path with a planted leak: what it expects ahead is what comes."""

    def __init__(self, path: Recursion, row: Sequence) -> None:
        self._path = path
        self._coming = iter([*row.target_T.tolist()[1:], 0.0])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._path, name)

    def ahead(self, horizon: int, last: float) -> list[float]:
        return [next(self._coming), *self._path.ahead(horizon, last)[1:]]


@pytest.mark.parametrize("name", [name for name in ANCHORS if name != "last value"])
def test_planted_leak_in_a_path_is_caught_at_every_cut(name: str, values: pl.DataFrame) -> None:
    (row,) = sequences(values.head(LENGTH))
    engine = engine_of(ANCHORS[name], row)

    def wrap(reader: Reader, row: Sequence) -> Reader:
        reader._paths[0] = Foreseeing(reader._paths[0], row)  # type: ignore[attr-defined]
        return reader

    for cut in cuts(10):
        assert leaks(with_reader(engine, wrap), row, cut) == {"x_TF", "centre_TH", "q_THK"}


def test_centred_average_is_caught(case: tuple[Engine, Sequence]) -> None:
    engine, row = case

    def one(row: Sequence) -> Arrays:
        encoded = engine.encoder.start(row.frequency).run(row)
        centre_TH, level_T1 = encoded.centre_TH.copy(), row.target_T[:, None]
        centre_TH[1:-1] = (level_T1[:-2] + level_T1[1:-1] + level_T1[2:]) / 3.0
        return encoded._replace(centre_TH=centre_TH)._asdict()

    for cut in cuts(10):
        assert leaks(lambda rows: [one(row) for row in rows], row, cut) == {"centre_TH"}


Fit = Callable[[pl.DataFrame, datetime], Forecaster]


def frame_of(row: Sequence) -> pl.DataFrame:
    figures = dict(zip(row.columns, row.value_TC.T, strict=True))
    return pl.DataFrame({"series": [row.name] * len(row), "time": row.time_T} | figures)


def learned(model: Forecaster) -> Arrays:
    """All that was fitted: weights, anchor, effects, scaling."""
    encoder = model._engine.encoder
    return model._engine.weights | {
        "anchor": encoder.anchor.weight_HJ,
        "toward": encoder.anchor.toward_HM,
        "pull": encoder.anchor.pull_HS,
        "effects": np.array(encoder.layout.effects),
        "layout": np.array([str(encoder.layout)]),
        "mean": encoder.standardiser.mean_F,
        "spread": encoder.standardiser.spread_F,
    }


def leaks_of_training(fit: Fit, row: Sequence, cut: int) -> set[str]:
    """Names of the fitted arrays that tell something of the bar at `cut` or of later ones."""
    until = datetime.fromtimestamp(int(row.time_T[cut]), UTC)
    whole = learned(fit(frame_of(row), until))
    futures = [with_future(row, cut - 1, future) for future in FUTURES]
    others = [learned(fit(frame_of(future), until)) for future in futures]
    return set().union(*(changed(whole, other) for other in others))


@pytest.mark.parametrize(("name", "count"), [("candles", 5), ("values", 2), ("covered", 2)])
def test_training_learns_nothing_of_bars_from_until_on(
    name: str, count: int, tiny: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    extra = EXTRAS["both" if name == "covered" else "alone"]
    (row,) = sequences(request.getfixturevalue(name).head(240), None, extra)
    places = np.random.default_rng(1).choice(np.arange(150, 230), count, replace=False)
    trained = []

    def fit(given: pl.DataFrame, until: datetime) -> Forecaster:
        model = Forecaster(**tiny, inputs=extra.inputs, known=extra.known)
        trained.append(model.fit(given, until=until))
        return trained[-1]

    assert [leaks_of_training(fit, row, cut) for cut in places.tolist()] == [set()] * count
    learned_something = max(max(model.about["training"]["passes"]) for model in trained) >= 1
    assert learned_something or name != "candles"  # values may be forecast best by their anchor


def test_training_beyond_until_is_caught(sequence: Sequence, tiny: dict[str, Any]) -> None:
    def fit(given: pl.DataFrame, _: datetime) -> Forecaster:
        return Forecaster(**tiny).fit(given)

    assert {"lstm.0.weight", "mean", "anchor"} <= leaks_of_training(fit, sequence, 200)


def test_input_scaled_beyond_until_is_caught(sequence: Sequence, tiny: dict[str, Any]) -> None:
    def fit(given: pl.DataFrame, until: datetime) -> Forecaster:
        shifted = pl.col("volume") + 1e-3 * given["volume"].mean()
        return Forecaster(**tiny).fit(given.with_columns(volume=shifted), until=until)

    assert "mean" in leaks_of_training(fit, sequence, 200)


def test_training_does_not_take_the_time_step_from_bars_after_until(
    values: pl.DataFrame, tiny: dict[str, Any]
) -> None:
    until, hour = values["time"][200], pl.duration(hours=1)
    later = pl.DataFrame({"step": range(900)}).select(
        series=pl.lit("TEMP"), time=until + pl.col("step") * hour / 2, value=pl.lit(12.0)
    )
    whole = Forecaster(**tiny).fit(values, until=until)
    denser = pl.concat([values.head(200), later], how="vertical_relaxed")
    other = Forecaster(**tiny).fit(denser, until=until)
    assert other.about["frequency"] == whole.about["frequency"]
    assert changed(learned(whole), learned(other)) == set()


def test_holidays_that_later_bars_show_change_nothing() -> None:
    """From 2016 on the first of May is free: a rule that only the last years' bars show."""
    day = pl.date_range(date(2010, 1, 1), date(2020, 12, 31), eager=True)
    first_of_may = (day.dt.month() == 5) & (day.dt.day() == 1) & (day.dt.year() >= 2016)
    day = day.filter((day.dt.weekday() <= 5) & ~first_of_may)
    value = np.random.default_rng(0).normal(10.0, 1.0, len(day))
    frame = pl.DataFrame({"time": day, "value": value})
    whole = sequences(frame)[0]
    learned = whole.before(datetime(2015, 1, 1, tzinfo=UTC).timestamp())
    learned = replace(learned, frequency=Frequency.infer(learned.time_T))
    engine = engine_of(Candidate("path", (Season(5),)), learned)
    (all_of_it,), _ = engine.trace([whole], [0])
    assert whole.frequency != learned.frequency
    for count in (600, 1_700, 2_300):
        (part,), _ = engine.trace(sequences(frame.head(count)), [0])
        assert np.array_equal(part.q_THK, all_of_it.q_THK[:count])
