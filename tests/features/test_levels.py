"""Values that are not prices: changes, seasons, errors, and the state."""

from __future__ import annotations

from math import exp, log

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.features.levels import Levels
from foretell.features.reader import Reading
from foretell.series import Frequency, sequences

HOUR = 3_600
START = 1_704_067_200


def reader(horizon: int = 3, season: int = 0) -> Levels:
    return Levels(Frequency(HOUR), horizon, season=season)


def run(levels: Levels, values: list[float]) -> list[Reading]:
    return [levels.step(START + n * HOUR, (value,)) for n, value in enumerate(values)]


def inputs(levels: Levels, reading: Reading) -> dict[str, float]:
    return dict(zip(levels.input_names, reading.inputs, strict=True))


def test_centre_without_a_season_is_the_last_value() -> None:
    assert [each.centre for each in run(reader(), [1.0, -4.0])] == [[1.0] * 3, [-4.0] * 3]


def test_centre_with_a_season_is_the_value_one_season_before_the_bar_ahead() -> None:
    last = run(reader(horizon=3, season=4), [0.0, 1.0, 2.0, 3.0, 10.0, 11.0])[-1]
    assert last.centre == [2.0, 3.0, 10.0]


def test_horizon_beyond_the_season_repeats_it() -> None:
    last = run(reader(horizon=7, season=3), [0.0, 1.0, 2.0, 3.0])[-1]
    assert last.centre == [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0]


def test_centre_before_a_season_has_passed_uses_what_there_is() -> None:
    first, second = run(reader(horizon=3, season=24), [5.0, 6.0])
    assert first.centre == [5.0, 5.0, 5.0]
    assert second.centre == [5.0, 6.0, 5.0]


def test_errors_are_those_of_the_value_before() -> None:
    readings = run(reader(), [0.0, 2.0, -2.0])
    assert exp(readings[-1].volatility[2]) == pytest.approx((0.0 + 2.0 + 4.0) / 3.0)


def test_errors_with_a_season_are_those_of_the_value_a_season_before() -> None:
    readings = run(reader(season=2), [0.0, 10.0, 1.0, 13.0])
    assert exp(readings[-1].volatility[2]) == pytest.approx((0.0 + 10.0 + 1.0 + 3.0) / 4.0)


def test_change_is_divided_by_the_errors_before_it() -> None:
    levels = reader()
    last = inputs(levels, run(levels, [0.0, 2.0, -2.0, -1.0])[-1])
    assert last["change"] == pytest.approx(1.0 / 2.0)
    assert last["abs_change"] == pytest.approx(0.5)


def test_season_ahead_tells_what_the_next_bar_was_a_season_before() -> None:
    levels = reader(season=3)
    last = inputs(levels, run(levels, [0.0, 1.0, 2.0, 1.0])[-1])
    errors = (0.0 + 1.0 + 2.0 + 1.0) / 4.0
    assert last["from_season"] == pytest.approx((1.0 - 0.0) / errors)
    assert last["season_ahead"] == pytest.approx((1.0 - 1.0) / errors)


def test_constant_value_has_finite_readings() -> None:
    for value in (0.0, -7.0, 1e12):
        for reading in run(reader(season=3), [value] * 40):
            assert np.isfinite([*reading.inputs, *reading.centre, *reading.volatility]).all()


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


@given(st.integers(0, 30), st.integers(1, 60))
def test_restored_reader_goes_on_bit_for_bit(season: int, read: int) -> None:
    rng = np.random.default_rng(season + 100 * read)
    values = rng.normal(size=read + 20).tolist()
    kept, fresh = reader(season=season), reader(season=season)
    run(kept, values[:read])
    fresh.restore(kept.state())
    for number, value in enumerate(values[read:], start=read):
        time = START + number * HOUR
        assert fresh.step(time, (value,)) == kept.step(time, (value,))


def test_state_is_a_copy(values: pl.DataFrame) -> None:
    bars = list(sequences(values)[0].bars())
    levels = reader(season=24)
    for each in bars[:30]:
        levels.step(*each)
    state = levels.state()
    before = list(state)
    levels.step(*bars[30])
    assert state == before
