"""One bar is checked as a frame's row would be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from foretell.errors import ForetellError, FrameError
from foretell.series import Frequency, checked_bar, row_within

COLUMNS = ("open", "high", "low", "close", "volume")
LAST = 1_704_067_200  # 2024-01-01
HOUR = 3_600
GOOD = {"time": LAST + HOUR, "open": 100.0, "high": 102.0, "low": 99.0, "close": 101.0,
        "volume": 5.0}  # fmt: skip


def check(**changes: Any) -> tuple[int, tuple[float, ...]]:
    return checked_bar(GOOD | changes, COLUMNS, Frequency(HOUR), LAST)


def test_values_come_in_the_order_of_the_columns() -> None:
    reordered = dict(reversed(GOOD.items())) | {"series": "A", "note": "ignored"}
    expected = (LAST + HOUR, (100.0, 102.0, 99.0, 101.0, 5.0))
    assert checked_bar(reordered, COLUMNS, Frequency(HOUR), LAST) == expected


@pytest.mark.parametrize(
    "time",
    [
        "2024-01-01T01:00:00Z", "2024-01-01 01:00", "2024-01-01T02:00:00+01:00",
        datetime(2024, 1, 1, 1, tzinfo=UTC), pd.Timestamp("2024-01-01 01:00", tz="UTC"),
        LAST + HOUR, float(LAST + HOUR), np.int64(LAST + HOUR),
    ],
)  # fmt: skip
def test_time_may_be_written_in_many_ways(time: Any) -> None:
    assert check(time=time)[0] == LAST + HOUR


@pytest.mark.parametrize(
    "time", [(LAST + HOUR) * 1_000, np.datetime64("2024-01-01T01:00")], ids=["ms", "numpy"]
)
def test_time_may_be_written_as_in_a_frame(time: Any) -> None:
    assert check(time=time)[0] == LAST + HOUR


def test_gap_before_the_bar_is_fine() -> None:
    assert check(time=LAST + 30 * HOUR)[0] == LAST + 30 * HOUR


def test_numpy_numbers_become_python_floats() -> None:
    assert {type(value) for value in check(close=np.float32(101.0))[1]} == {float}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"time": LAST}, "2024-01-01 is not after 2024-01-01, the last one read; give each bar"),
        ({"time": LAST - HOUR}, "the bar of 2023-12-31 23:00:00 is not after 2024-01-01"),
        ({"time": LAST + 90}, "the bar of 2024-01-01 00:01:30 is off the 1h grid; give whole bars"),
        ({"close": float("nan")}, "close nan in the bar of 2024-01-01 01:00:00 cannot be; correct"),
        ({"volume": float("inf")}, "volume inf"),
        ({"low": 0.0}, "low 0.0"),
        ({"open": -2.0}, "open -2.0"),
        ({"volume": -1.0}, "volume -1.0"),
        ({"high": 98.0}, "high 98.0 and low 99.0 in the bar of 2024-01-01 01:00:00 do not span"),
        ({"high": 100.5}, "do not span the body; correct the bar"),
        ({"low": 100.5}, "do not span the body; correct the bar"),
    ],
)
def test_wrong_bar_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(FrameError) as refusal:
        check(**changes)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    "changes",
    [{"close": None}, {"close": "n/a"}, {"time": None}, {"time": "soon"}, {"time": 10**18}],
    ids=["no close", "text for a close", "no time", "unreadable time", "far time"],
)
def test_unreadable_bar_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ForetellError):
        check(**changes)


@pytest.mark.parametrize("name", ["time", "close", "volume"])
def test_incomplete_bar_is_refused(name: str) -> None:
    rest = {key: value for key, value in GOOD.items() if key != name}
    with pytest.raises(FrameError, match=f"the bar has no '{name}'; give time, open, high"):
        checked_bar(rest, COLUMNS, Frequency(HOUR), LAST)


def test_value_may_be_negative() -> None:
    bar = {"time": LAST + HOUR, "value": -3}
    assert checked_bar(bar, ("value",), Frequency(HOUR), LAST) == (LAST + HOUR, (-3.0,))


def test_month_after_a_month_is_on_the_grid() -> None:
    monthly = Frequency(30 * 86_400, months=1)
    bar = {"time": "2024-02-01", "value": 1.0}
    assert checked_bar(bar, ("value",), monthly, LAST)[1] == (1.0,)


def test_day_within_a_month_is_off_a_grid_of_months() -> None:
    monthly = Frequency(30 * 86_400, months=1)
    with pytest.raises(FrameError, match="off the 1mo grid"):
        checked_bar({"time": "2024-02-17", "value": 1.0}, ("value",), monthly, LAST)


@pytest.mark.parametrize("names", [{"time": "ds", "value": "y"}, {"time": "date"}])
def test_bar_may_have_the_names_of_a_frame(names: dict[str, str]) -> None:
    bar = {names.get(key, key): value for key, value in {"time": LAST + HOUR, "value": 2.0}.items()}
    assert checked_bar(bar, ("value",), Frequency(HOUR), LAST) == (LAST + HOUR, (2.0,))


def test_day_may_be_a_number_as_in_a_frame() -> None:
    bar = {"time": 20240102, "value": 2.0}
    assert checked_bar(bar, ("value",), Frequency(24 * HOUR), LAST)[0] == LAST + 24 * HOUR


@pytest.mark.parametrize("time", [-(10**10) * 9, -(10**17), 10**30])
def test_bar_of_another_age_is_refused(time: int) -> None:
    with pytest.raises(ForetellError, match=r"not (a time|after)"):
        check(time=time)


def test_close_alone_makes_a_whole_candle() -> None:
    columns = ("open", "high", "low", "close")
    bar = {"time": LAST + HOUR, "close": 101.0}
    assert checked_bar(bar, columns, Frequency(HOUR), LAST)[1] == (101.0,) * 4


@pytest.mark.parametrize("name", ["load", "Load", " LOAD "])
def test_the_target_is_read_by_its_own_name_first(name: str) -> None:
    bar = {"time": LAST + HOUR, name: 3.0, "value": 9.0}
    found = checked_bar(bar, ("value",), Frequency(HOUR), LAST, "load")
    assert found == (LAST + HOUR, (3.0,))
    canonical = {"time": LAST + HOUR, "value": 9.0}
    assert checked_bar(canonical, ("value",), Frequency(HOUR), LAST, "load")[1] == (9.0,)


def test_a_target_does_not_touch_prices() -> None:
    assert checked_bar(GOOD, COLUMNS, Frequency(HOUR), LAST, "close") == check()


@pytest.mark.parametrize("name", ["holiday", "Holiday ", "known:holiday"])
def test_what_is_known_in_advance_is_found_in_a_bar_in_any_case(name: str) -> None:
    columns = ("value", "known:Holiday")
    bar = {"time": LAST + HOUR, "value": 1.0, name: 1}
    assert row_within(bar, columns) == (LAST + HOUR, (1.0,))
    assert row_within({"time": LAST + HOUR, "value": 1.0}, columns) is None
    assert row_within(bar, ("value",)) is None
