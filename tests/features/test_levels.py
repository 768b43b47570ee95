"""Values that are not prices: changes, errors, paths, logs, and the state."""

from __future__ import annotations

from math import exp, log

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.features import Climatology, DampedTrend, Path, Season
from foretell.features.levels import Levels
from foretell.features.reader import Reading
from foretell.series import Frequency, sequences

HOUR = 3_600
START = 1_704_067_200
KINDS = {
    "nothing": (),
    "seasons": (Season(3), Season(24)),
    "climatology": (Climatology((12.0,)),),
    "trend": (DampedTrend(0.3, 0.1, 0.9),),
}


def reader(*paths: Path, horizon: int = 3, in_logs: bool = False) -> Levels:
    return Levels(Frequency(HOUR), horizon, paths=paths, log=in_logs)


def run(levels: Levels, values: list[float]) -> list[Reading]:
    return [levels.step(START + n * HOUR, (value,)) for n, value in enumerate(values)]


def inputs(levels: Levels, reading: Reading) -> dict[str, float]:
    return dict(zip(levels.input_names, reading.inputs, strict=True))


def terms(levels: Levels, reading: Reading) -> dict[str, float]:
    return dict(zip(levels.term_names, reading.term, strict=True))


def volatilities(levels: Levels, reading: Reading) -> dict[str, float]:
    return dict(zip(levels.volatility_names, map(exp, reading.volatility), strict=True))


def test_level_is_the_value_or_its_log() -> None:
    assert [each.level for each in run(reader(), [1.0, -4.0])] == [1.0, -4.0]
    assert [each.level for each in run(reader(in_logs=True), [1.0, 4.0])] == [0.0, log(4.0)]


def test_path_is_that_of_each_recursion_one_after_the_other() -> None:
    last = run(reader(Season(2), Season(4)), [0.0, 1.0, 2.0, 3.0, 10.0, 11.0])[-1]
    assert last.path == [10.0, 11.0, 10.0, 2.0, 3.0, 10.0]


def test_terms_are_distances_from_means_the_change_and_distances_from_paths() -> None:
    levels = reader(Season(2))
    last = terms(levels, run(levels, [0.0, 10.0, 2.0])[-1])
    assert last["to_slow"] == pytest.approx(4.0 - 2.0)  # the mean of three values
    assert last["change"] == -8.0
    assert last["from_season_2"] == 2.0
    assert last["off_season_2"] == pytest.approx((0.0 + 10.0 + 2.0) / 3.0)


def test_errors_of_the_change_are_those_of_the_value_before() -> None:
    levels = reader()
    last = volatilities(levels, run(levels, [0.0, 2.0, -2.0])[-1])
    assert last["change_slow"] == pytest.approx((0.0 + 2.0 + 4.0) / 3.0)


def test_errors_of_a_path_are_what_it_misses_by() -> None:
    levels = reader(Season(2))
    last = volatilities(levels, run(levels, [0.0, 10.0, 1.0, 13.0])[-1])
    # Before a season has passed, what is expected is the value before.
    assert last["season_2_slow"] == pytest.approx((0.0 + 10.0 + 1.0 + 3.0) / 4.0)


def test_change_is_divided_by_the_errors_before_it() -> None:
    levels = reader()
    last = inputs(levels, run(levels, [0.0, 2.0, -2.0, -1.0])[-1])
    assert last["change"] == pytest.approx(1.0 / 2.0)
    assert last["abs_change"] == pytest.approx(0.5)


def test_inputs_of_a_path_are_what_was_missed_and_the_way_ahead() -> None:
    levels = reader(Season(3))
    last = inputs(levels, run(levels, [0.0, 1.0, 2.0, 1.0])[-1])
    changes = (0.0 + 1.0 + 1.0 + 1.0) / 4.0
    assert last["from_season_3"] == pytest.approx((1.0 - 0.0) / changes)
    misses = (0.0 + 1.0 + 1.0 + 1.0) / 4.0
    assert last["off_season_3"] == pytest.approx(misses / changes)
    assert last["ahead_season_3"] == pytest.approx((1.0 - 1.0) / changes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_unit_of_the_values_changes_no_input(kind: str, unit: float) -> None:
    values = np.random.default_rng(0).normal(5.0, 1.0, 60)
    one, other = reader(*KINDS[kind]), reader(*KINDS[kind])
    for a, b in zip(run(one, values.tolist()), run(other, (values * unit).tolist()), strict=True):
        assert b.inputs == pytest.approx(a.inputs, rel=1e-6, abs=1e-9)
        assert b.path == pytest.approx([unit * each for each in a.path], rel=1e-6)


def test_unit_of_logs_changes_no_input() -> None:
    values = np.random.default_rng(0).lognormal(size=60)
    one, other = reader(Season(5), in_logs=True), reader(Season(5), in_logs=True)
    pairs = zip(run(one, values.tolist()), run(other, (1e4 * values).tolist()), strict=True)
    for a, b in pairs:
        assert b.inputs == pytest.approx(a.inputs, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_constant_value_has_finite_readings(kind: str) -> None:
    for value in (0.0, -7.0, 1e12):
        for reading in run(reader(*KINDS[kind]), [value] * 40):
            assert np.isfinite([*reading.inputs, reading.level, *reading.volatility]).all()
            assert reading.path == pytest.approx([value] * len(reading.path))


def test_value_of_nothing_has_a_log_as_well() -> None:
    readings = run(reader(in_logs=True), [50.0, 51.0, 0.0, -3.0, 50.0, 0.0])
    assert np.isfinite([x for each in readings for x in (*each.inputs, each.level)]).all()
    assert 50.0 / 2_000.0 < exp(readings[2].level) < 50.0 / 500.0


def test_series_that_begins_with_nothing_has_logs() -> None:
    readings = run(reader(in_logs=True), [0.0, 0.0, 50.0])
    assert [each.level for each in readings] == [0.0, -7.0, log(50.0)]


def test_outlier_is_clipped() -> None:
    levels = reader()
    last = inputs(levels, run(levels, [0.0, 0.1] * 20 + [1e6])[-1])
    assert (last["change"], last["abs_change"]) == (8.0, 8.0)


def test_gap_counts_missing_bars() -> None:
    levels = reader()
    levels.step(START, (1.0,))
    assert inputs(levels, levels.step(START + 7 * HOUR, (1.0,)))["gap"] == pytest.approx(log(7.0))


def test_history_may_start_in_1970() -> None:
    early, late = reader(), reader()
    week = 7 * 24 * HOUR
    year = [name.startswith("year") for name in early.input_names]
    pairs = [(early.step(n * HOUR, (n % 5.0,)), late.step(week + n * HOUR, (n % 5.0,)))
             for n in range(10)]  # fmt: skip
    for one, other in pairs:
        same = zip(one.inputs, other.inputs, year, strict=True)
        assert all(a == b for a, b, of_year in same if not of_year)


@pytest.mark.parametrize("kind", KINDS)
@given(st.integers(1, 60), st.booleans())
def test_restored_reader_goes_on_bit_for_bit(kind: str, read: int, in_logs: bool) -> None:
    values = np.random.default_rng(read).lognormal(size=read + 20).tolist()
    kept, fresh = (reader(*KINDS[kind], in_logs=in_logs) for _ in range(2))
    run(kept, values[:read])
    fresh.restore(kept.state())
    for number, value in enumerate(values[read:], start=read):
        time = START + number * HOUR
        assert fresh.step(time, (value,)) == kept.step(time, (value,))


@pytest.mark.parametrize("kind", KINDS)
def test_state_is_a_copy(kind: str, values: pl.DataFrame) -> None:
    bars = list(sequences(values)[0].bars())
    levels = reader(*KINDS[kind])
    for each in bars[:30]:
        levels.step(*each)
    state = levels.state()
    before = list(state)
    levels.step(*bars[30])
    assert state == before
