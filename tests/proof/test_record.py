"""The track record: its figures, its blindness to what is held out, and its verdict."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster
from foretell.errors import ModelFileError, ShortHistory
from foretell.proof import (
    Comparison,
    TrackRecord,
    diebold_mariano,
    hold_out,
    measure,
    rehearsal,
    track_record,
)
from foretell.series import Sequence, sequences

HORIZON = 3
SETTLING = 20  # bars at the start of a series that a rival does not learn from
DECAY = 0.94
PRICES = ["open", "high", "low", "close"]

# A forecast of one origin: by horizon, the quantiles in logs of the price.
Quantiles = list[list[float]]
# What a way to forecast says of a series at a row of it.
Oracle = Callable[[Sequence, int], Quantiles]


# -- a slow, plain recomputation ---------------------------------------------------------------


def logs(row: Sequence) -> list[float]:
    return [math.log(close) for close in row.target_T]


def quantile(values: list[float], level: float) -> float:
    """Straight lines between order statistics."""
    ordered = sorted(values)
    place = level * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def ewma(log_close: list[float]) -> list[float]:
    """Volatility after each bar; the first values are an ordinary mean."""
    variance, found = 0.0, []
    for bar, value in enumerate(log_close):
        change = value - log_close[bar - 1] if bar else 0.0
        gain = max(1.0 - DECAY, 1.0 / (bar + 1))
        variance = (1.0 - gain) * variance + gain * change**2
        found.append(math.sqrt(variance))
    return found


def constant(log_close: list[float]) -> list[float]:
    return [1.0] * len(log_close)


def plain_rival(
    volatility: Callable[[list[float]], list[float]], start: int, levels: list[float]
) -> Oracle:
    """Past errors over volatility, their quantiles times the volatility now."""

    def says(row: Sequence, origin: int) -> Quantiles:
        log_close = logs(row)
        scale = volatility(log_close)
        known = sum(time < start for time in row.time_T.tolist())
        table = []
        for step in range(1, HORIZON + 1):
            errors = [
                (log_close[bar + step] - log_close[bar]) / scale[bar]
                for bar in range(SETTLING, known - step)
            ]
            table.append(
                [log_close[origin] + scale[origin] * quantile(errors, level) for level in levels]
            )
        return table

    return says


def plain_model(model: Forecaster, frame: pl.DataFrame) -> Oracle:
    """What `predict` says when it is given the history up to the origin and no more."""

    def says(row: Sequence, origin: int) -> Quantiles:
        past = frame.filter(pl.col("series") == row.name).head(origin + 1)
        said = model.predict(past).to_frame().sort("horizon")
        names = [name for name in said.columns if name.startswith("q")]
        return [[math.log(value) for value in quantiles] for quantiles in said.select(names).rows()]

    return says


def plain_pinball(target: float, quantiles: list[float], levels: list[float]) -> float:
    losses = [
        level * (target - q) if target >= q else (1.0 - level) * (q - target)
        for q, level in zip(quantiles, levels, strict=True)
    ]
    return sum(losses) / len(losses)


def origins(row: Sequence, start: int) -> list[int]:
    """Rows from the start on whose targets are all known."""
    return [bar for bar in range(len(row) - HORIZON) if row.time_T[bar] >= start]


def plain_losses(
    oracle: Oracle, rows: list[Sequence], start: int, levels: list[float]
) -> dict[str, dict[int, list[float]]]:
    """By series and instant, the loss at each horizon."""
    losses: dict[str, dict[int, list[float]]] = {}
    for row in rows:
        log_close = logs(row)
        losses[row.name] = {
            int(row.time_T[bar]): [
                plain_pinball(log_close[bar + step], quantiles, levels)
                for step, quantiles in enumerate(oracle(row, bar), start=1)
            ]
            for bar in origins(row, start)
        }
    return losses


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def by_horizon(losses: dict[str, dict[int, list[float]]]) -> list[float]:
    """Every series weighs the same."""
    return [
        mean([mean([each[step] for each in one.values()]) for one in losses.values()])
        for step in range(HORIZON)
    ]


def by_instant(losses: dict[str, dict[int, list[float]]]) -> np.ndarray:
    """Every instant weighs the same, however many series it has."""
    together: dict[int, list[float]] = defaultdict(list)
    for one in losses.values():
        for time, each in one.items():
            together[time].append(mean(each))
    return np.array([mean(together[time]) for time in sorted(together)])


def plain_coverage(
    oracle: Oracle, rows: list[Sequence], start: int, edges: tuple[int, int]
) -> list[float]:
    inside: list[list[float]] = [[] for _ in range(HORIZON)]
    for row in rows:
        log_close = logs(row)
        for bar in origins(row, start):
            for step, quantiles in enumerate(oracle(row, bar), start=1):
                lower, upper = (quantiles[edge] for edge in edges)
                inside[step - 1].append(float(lower <= log_close[bar + step] <= upper))
    return [mean(each) for each in inside]


Rehearsed = tuple[Forecaster, list[Sequence], int]


@pytest.fixture(scope="module", params=["one series", "two of unequal length"])
def case(request: pytest.FixtureRequest) -> tuple[Rehearsed, pl.DataFrame]:
    one = request.param == "one series"
    rehearsed = request.getfixturevalue("rehearsed" if one else "rehearsed_uneven")
    return rehearsed, request.getfixturevalue("history" if one else "uneven")


@pytest.fixture(scope="module")
def record(case: tuple[Rehearsed, pl.DataFrame]) -> TrackRecord:
    (model, rows, start), _ = case
    return measure(model, rows, start)


@pytest.fixture(scope="module")
def says(case: tuple[Rehearsed, pl.DataFrame]) -> Oracle:
    """The model's forecasts, each made once."""
    (model, _, _), frame = case
    oracle, made = plain_model(model, frame), {}

    def remembered(row: Sequence, origin: int) -> Quantiles:
        key = (row.name, origin)
        if key not in made:
            made[key] = oracle(row, origin)
        return made[key]

    return remembered


@pytest.mark.parametrize(("place", "volatility"), [(0, constant), (1, ewma)])
def test_skill_and_p_value_equal_a_plain_recomputation(
    case: tuple[Rehearsed, pl.DataFrame],
    record: TrackRecord,
    says: Oracle,
    levels: np.ndarray,
    place: int,
    volatility: Callable[[list[float]], list[float]],
) -> None:
    (_, rows, start), _ = case
    known = levels.tolist()
    own = plain_losses(says, rows, start, known)
    rival = plain_losses(plain_rival(volatility, start, known), rows, start, known)
    own_H, rival_H = by_horizon(own), by_horizon(rival)
    found = record.comparisons[place]
    test = diebold_mariano(by_instant(own), by_instant(rival), HORIZON)
    assert found.skill == pytest.approx(1.0 - mean(own_H) / mean(rival_H), abs=1e-9)
    expected_H = [1.0 - a / b for a, b in zip(own_H, rival_H, strict=True)]
    assert found.skill_by_horizon == pytest.approx(expected_H, abs=1e-9)
    assert found.p_value == pytest.approx(test.p_value, abs=1e-7)
    assert found.skill != 0.0


@pytest.mark.parametrize(("band", "edges"), [("0.8", (1, 11)), ("0.9", (0, 12))])
def test_coverage_equals_a_plain_recomputation(
    case: tuple[Rehearsed, pl.DataFrame],
    record: TrackRecord,
    says: Oracle,
    band: str,
    edges: tuple[int, int],
) -> None:
    (_, rows, start), _ = case
    expected_H = plain_coverage(says, rows, start, edges)
    assert record.coverage_by_horizon[band] == pytest.approx(expected_H, abs=1e-12)
    assert record.coverage[band] == pytest.approx(mean(expected_H), abs=1e-12)


def test_origins_are_those_whose_targets_are_all_known(
    case: tuple[Rehearsed, pl.DataFrame], record: TrackRecord
) -> None:
    (_, rows, start), _ = case
    instants = {int(row.time_T[bar]) for row in rows for bar in origins(row, start)}
    days = [datetime.fromtimestamp(end, UTC) for end in (min(instants), max(instants))]
    assert record.origins == len(instants)
    assert [record.first, record.last] == [f"{day:%Y-%m-%d}" for day in days]
    assert record.horizon == HORIZON


def test_rivals_are_named(record: TrackRecord) -> None:
    assert [each.rival for each in record.comparisons] == ["random walk", "EWMA volatility"]


# -- what is held out ------------------------------------------------------------------------


def test_the_last_fifth_of_the_time_is_held_out(history: pl.DataFrame) -> None:
    row = sequences(history)[0]
    start = hold_out([row])
    assert start in row.time_T
    assert (row.time_T >= start).sum() == len(row) // 5


def test_one_instant_divides_all_series(rehearsed_uneven: Rehearsed) -> None:
    trial, rows, start = rehearsed_uneven
    first, last = min(row.time_T[0] for row in rows), max(row.time_T[-1] for row in rows)
    assert (last - start) / (last - first) == pytest.approx(0.2, abs=0.01)
    assert trial.about["data"]["bars"] == sum(int((row.time_T < start).sum()) for row in rows)


def test_series_that_do_not_overlap_are_divided(simulate: Callable[..., pl.DataFrame]) -> None:
    early = simulate(200, series="EARLY")
    later = simulate(150, series="LATER", start=int(early["time"][-1].timestamp()) + 30 * 86_400)
    rows = sequences(pl.concat([early, later]))
    first, last = rows[0].time_T[0], rows[1].time_T[-1]
    assert (last - hold_out(rows)) / (last - first) == pytest.approx(0.2, abs=0.01)


def from_on(frame: pl.DataFrame, start: int, factor: float) -> pl.DataFrame:
    """The bars from an instant on at another price."""
    later = pl.col("time").dt.epoch("s") >= start
    return frame.with_columns(
        pl.when(later).then(pl.col(name) * factor).otherwise(pl.col(name)) for name in PRICES
    )


def saved(model: Forecaster, folder: Path) -> bytes:
    """Weights, anchor, scaling and data hash, bit for bit."""
    model.save(folder / "trial.safetensors")
    return (folder / "trial.safetensors").read_bytes()


Sees = Callable[..., bool]


@pytest.fixture
def sees_what_is_held_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sees:
    """Whether the trial that a track record scores changes when the held-out bars do."""
    scored: list[tuple[Forecaster, int]] = []
    monkeypatch.setattr(
        "foretell.proof.record.measure",
        lambda trial, rows, start: scored.append((trial, start)),
    )

    def sees(model: Forecaster, frame: pl.DataFrame, *, bars_before: int = 0) -> bool:
        start = hold_out(sequences(frame))
        track_record(model, frame)
        track_record(model, from_on(frame, start - bars_before * 86_400, 1.5))
        (one, began), (other, began_again) = scored
        assert began == began_again == start
        return saved(one, tmp_path) != saved(other, tmp_path)

    return sees


class Cheat(Forecaster):
    """A fault planted on purpose: it trains on all bars, whatever it is told."""

    def fit(self, frame: Any, until: Any = None, *, report: Any = None) -> Cheat:
        return super().fit(frame, report=report)


def test_the_rehearsal_does_not_see_what_is_held_out(
    sees_what_is_held_out: Sees, history: pl.DataFrame, small: dict[str, Any]
) -> None:
    assert not sees_what_is_held_out(Forecaster(**small), history)


def test_nor_does_one_of_two_series(
    sees_what_is_held_out: Sees, uneven: pl.DataFrame, small: dict[str, Any]
) -> None:
    assert not sees_what_is_held_out(Forecaster(**small), uneven)


def test_a_forecaster_that_trains_on_all_bars_is_found_out(
    sees_what_is_held_out: Sees, history: pl.DataFrame, small: dict[str, Any]
) -> None:
    assert sees_what_is_held_out(Cheat(**small), history)


def test_the_last_bar_before_is_learned_from(
    sees_what_is_held_out: Sees, history: pl.DataFrame, small: dict[str, Any]
) -> None:
    """The check can see a single bar: the last one that may be known."""
    assert sees_what_is_held_out(Forecaster(**small), history, bars_before=1)


def test_the_model_itself_is_not_changed(history: pl.DataFrame, small: dict[str, Any]) -> None:
    model = Forecaster(**small)
    trial, _ = rehearsal(model, sequences(history))
    assert trial is not model
    assert trial.get_params() == model.get_params()
    track_record(model, history)
    assert model.about == {}


def test_track_record_is_the_measure_of_a_rehearsal(
    history: pl.DataFrame, small: dict[str, Any], rehearsed: Rehearsed
) -> None:
    assert track_record(Forecaster(**small), history) == measure(*rehearsed)


def test_bars_after_an_origin_do_not_move_its_forecast(rehearsed: Rehearsed) -> None:
    """The traces that are scored: a forecast is made before its targets are looked at."""
    model, (row,), start = rehearsed
    cut = int(np.searchsorted(row.time_T, start)) + 10
    changed = replace(row, value_TC=row.value_TC.copy())
    changed.value_TC[cut:] *= 1.5
    one, other = (model.trace([each], start)[0].q_THK for each in (row, changed))
    assert one[:10].tobytes() == other[:10].tobytes()
    assert not np.array_equal(one[10:], other[10:])


# -- what cannot be scored -------------------------------------------------------------------


def test_too_few_bars_to_train_on_are_refused(
    simulate: Callable[..., pl.DataFrame], small: dict[str, Any]
) -> None:
    with pytest.raises(ShortHistory, match="needs 120; give more history"):
        track_record(Forecaster(**small), simulate(100))


def test_too_few_origins_are_refused(
    simulate: Callable[..., pl.DataFrame], small: dict[str, Any]
) -> None:
    with pytest.raises(ShortHistory, match=r"fewer than 30 .* give more history"):
        track_record(Forecaster(**small), simulate(155))


@pytest.mark.parametrize(("held_out", "enough"), [(33, True), (32, False)])
def test_thirty_origins_are_the_fewest(rehearsed: Rehearsed, held_out: int, enough: bool) -> None:
    model, (row,), start = rehearsed
    count = int(np.searchsorted(row.time_T, start)) + held_out
    if enough:
        assert measure(model, [row.head(count)], start).origins == 30
    else:
        with pytest.raises(ShortHistory, match="fewer than 30"):
            measure(model, [row.head(count)], start)


def test_a_series_too_young_to_be_scored_is_left_out(
    rehearsed_uneven: Rehearsed,
) -> None:
    model, (long, late), start = rehearsed_uneven
    begun = int(np.searchsorted(late.time_T, start))
    young = late.tail(len(late) - begun + 50)
    assert measure(model, [long, young], start) == measure(model, [long], start)


# -- the verdict -----------------------------------------------------------------------------


def verdict(*rivals: tuple[float, float]) -> TrackRecord:
    """A record with given skill and p-value against each rival."""
    comparisons = [
        Comparison(name, skill, [skill] * HORIZON, p, 0.01)
        for name, (skill, p) in zip(("random walk", "EWMA volatility"), rivals, strict=True)
    ]
    coverage = {"0.5": 0.51, "0.8": 0.79, "0.9": 0.88}
    by = {band: [share] * HORIZON for band, share in coverage.items()}
    error = dict.fromkeys(coverage, 0.02)
    span = ("2024-01-01", "2024-12-31", 1_234, HORIZON)
    return TrackRecord(*span, comparisons, coverage, by, error, 20)


def test_skill_is_said_where_every_rival_is_beaten() -> None:
    record = verdict((0.05, 0.001), (0.02, 0.049))
    assert record.skilful
    assert record.sentence.startswith("Skill: on ")
    assert "chance" not in record.sentence


@pytest.mark.parametrize(
    "rivals",
    [
        ((0.05, 0.001), (0.02, 0.051)),
        ((0.05, 0.051), (0.02, 0.001)),
        ((0.05, 0.05), (0.02, 0.05)),
        ((0.05, 0.001), (-0.02, 0.9)),
        ((0.05, 0.001), (-0.02, 0.001)),
        ((0.05, 0.001), (0.0, 0.001)),
        ((-0.05, 1.0), (-0.02, 1.0)),
    ],
)
def test_skill_is_not_said_otherwise(rivals: tuple[tuple[float, float], ...]) -> None:
    record = verdict(*rivals)
    assert not record.skilful
    assert record.sentence.startswith("No skill shown: on ")


def test_the_sentence_names_span_and_figures() -> None:
    sentence = verdict((0.051, 0.00042), (-0.023, 0.87)).sentence
    for part in (
        "on 1,234 origins from 2024-01-01 to 2024-12-31",
        "1 to 3 bars ahead",
        "beat the random walk by 5.1% (p < 0.001)",
        "did not beat the EWMA volatility (-2.3%, p = 0.87)",
        "the 80% band held 79.0% and the 90% band held 88.0%, within 2 points",
    ):
        assert part in sentence


def test_the_sentence_doubts_a_gain_that_may_be_chance() -> None:
    sentence = verdict((0.051, 0.0042), (0.023, 0.21)).sentence
    assert "beat the random walk by 5.1% (p = 0.0042)" in sentence
    assert "beat the EWMA volatility by 2.3% (p = 0.21, which may be chance)" in sentence


def test_a_record_survives_json(record: TrackRecord) -> None:
    written = json.loads(json.dumps(record.to_dict()))
    assert TrackRecord.from_dict(written) == record


def test_errors_that_are_not_known_are_null_in_json(record: TrackRecord) -> None:
    """As where there are no more origins than twice the bars ahead."""
    comparisons = [replace(each, error=math.nan) for each in record.comparisons]
    unsure = dict.fromkeys(record.coverage_error, math.nan)
    few = replace(record, comparisons=comparisons, coverage_error=unsure, degrees=0)
    again = TrackRecord.from_dict(json.loads(json.dumps(few.to_dict(), allow_nan=False)))
    assert again.coverage == few.coverage
    assert np.isnan([each.error for each in again.comparisons]).all()
    assert np.isnan(list(again.coverage_error.values())).all()


@pytest.mark.parametrize(
    "damage",
    [
        lambda written: written.pop("comparisons"),
        lambda written: written.update(comparisons=[]),
        lambda written: written.update(origins="many"),
        lambda written: written["comparisons"][0].update(skill=None),
        lambda written: written["comparisons"][0].update(skill_by_horizon=[]),
        lambda written: written["coverage"].pop("0.8"),
        lambda written: written["coverage_by_horizon"].update({"0.5": ["all"]}),
    ],
)
def test_a_damaged_record_is_refused(record: TrackRecord, damage: Callable[..., Any]) -> None:
    written = json.loads(json.dumps(record.to_dict()))
    damage(written)
    with pytest.raises(ModelFileError, match=r"record of the model is damaged .* save the model"):
        TrackRecord.from_dict(written)


@pytest.mark.parametrize(
    ("p_value", "shown"),
    [(0.00096, "< 0.001"), (0.001, "0.001"), (0.0496, "0.05"), (0.768, "0.77"), (1.0, "1")],
)
def test_a_p_value_is_shown_in_one_way(p_value: float, shown: str) -> None:
    record = verdict((-0.01, p_value), (0.01, 0.5))
    assert record.comparisons[0].p == shown
    said = f"p {shown}" if shown.startswith("<") else f"p = {shown}"
    assert f"({said})" in record.sentence.replace("-1.0%, ", "")


def test_a_written_record_carries_its_verdict(record: TrackRecord) -> None:
    written = record.to_dict()
    assert written["sentence"] == record.sentence
    assert written["skilful"] is record.skilful
    assert written["comparisons"][0]["skill"] == record.comparisons[0].skill
