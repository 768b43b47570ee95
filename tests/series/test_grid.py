"""Timeframes, the stamps on their grid, and the holes in it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from foretell.errors import UsageError
from foretell.series import frequency, holes, on_grid_from, stamps

HOUR, DAY = 3_600, 86_400


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type]


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


def test_a_grid_is_met_at_or_after_any_time() -> None:
    hour, week, quarter = frequency("1h"), frequency("1w"), frequency("3M")
    assert on_grid_from(1, 10 * HOUR, hour) == HOUR
    assert on_grid_from(20 * HOUR, 10 * HOUR, hour) == 20 * HOUR
    monday = at(2024, 1, 1)
    assert on_grid_from(at(2023, 11, 30), monday, week) == at(2023, 12, 4)
    assert on_grid_from(at(2024, 2, 1), monday, quarter) == at(2024, 4, 1)
    assert on_grid_from(at(2023, 10, 2), monday, quarter) == monday
