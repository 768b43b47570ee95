"""Timeframes: what is on their grid, and what is left out of it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from foretell.errors import FrameError, UsageError
from foretell.store.gaps import holes
from foretell.store.grid import check_grid, frequency, stamps

HOUR, DAY = 3_600, 86_400


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type]


def check(times: list[int], timeframe: str, known: int | None = None) -> None:
    check_grid(np.array(times), np.arange(len(times)), timeframe, known)


@pytest.mark.parametrize(
    ("text", "seconds", "months"),
    [("1s", 1, 0), ("1m", 60, 0), ("4h", 4 * HOUR, 0), ("1w", 7 * DAY, 0), ("1M", 30 * DAY, 1),
     ("3mo", 90 * DAY, 3)],
)  # fmt: skip
def test_timeframes_are_those_of_exchanges(text: str, seconds: int, months: int) -> None:
    assert (frequency(text).seconds, frequency(text).months) == (seconds, months)


@pytest.mark.parametrize("text", ["", "h", "1x", "0m", "-1h", "M", "1.5h"])
def test_what_is_no_timeframe_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a timeframe"):
        frequency(text)


def test_short_steps_begin_on_the_full_step() -> None:
    check([0, 60, 180], "1m")
    with pytest.raises(FrameError, match="row 0"):
        check([30, 90, 150], "1m")
    with pytest.raises(FrameError, match="row 1: 1970-01-01 01:30:00 is off the 1h grid"):
        check([0, HOUR + HOUR // 2], "1h")


def test_long_steps_begin_where_most_do_or_the_series_does() -> None:
    monday = at(2024, 1, 1)
    check([monday, monday + 7 * DAY], "1w")
    check([at(2024, 1, 1, 16), at(2024, 1, 2, 16)], "1d")
    with pytest.raises(FrameError, match="row 0"):
        check([at(2024, 1, 1), at(2024, 1, 1, 16), at(2024, 1, 2, 16)], "1d")
    with pytest.raises(FrameError, match="row 0"):
        check([at(2024, 1, 1, 16)], "1d", known=at(2023, 5, 1))


def test_months_are_those_of_the_calendar() -> None:
    check([at(2024, month, 1) for month in range(1, 13)], "1M")
    check([at(2023, 2, 1)], "1M", known=at(2024, 5, 1))
    with pytest.raises(FrameError, match="row 1: 2024-02-02 is off the 1M grid"):
        check([at(2024, 1, 1), at(2024, 2, 2)], "1M")


def test_stamps_are_all_from_first_to_last() -> None:
    assert stamps(0, 180, frequency("1m")).tolist() == [0, 60, 120, 180]
    assert stamps(0, 0, frequency("1h")).tolist() == [0]
    months = stamps(at(2024, 1, 1), at(2024, 4, 1), frequency("1M"))
    assert months.tolist() == [at(2024, month, 1) for month in (1, 2, 3, 4)]
    assert stamps(at(2024, 1, 1), at(2024, 1, 1), frequency("1M")).tolist() == [at(2024, 1, 1)]


def test_holes_are_between_bars() -> None:
    assert holes(np.array([0, 60, 240, 300, 420]), "1m") == [(120, 180), (360, 360)]
    assert holes(np.array([0, 60]), "1m") == []
    assert holes(np.array([], dtype=int), "1m") == []
    year = [at(2024, month, 1) for month in (1, 2, 3, 6, 7)]
    assert holes(np.array(year), "1M") == [(at(2024, 4, 1), at(2024, 5, 1))]
