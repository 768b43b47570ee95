"""Rows ahead: windows over a history, and the queue of a series under way."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.errors import FrameError
from foretell.series import NOTHING, Ahead, Coming, Frequency
from foretell.series.ahead import windows

DAY = 86_400
DAILY = Frequency(DAY)
NAMES = ("holiday", "price")


def rows(first: int, count: int) -> Ahead:
    """Day number and its square, for some days."""
    days = np.arange(first, first + count)
    return Ahead(days * DAY, np.stack([days, days**2], axis=1).astype(float))


def row(day: int) -> tuple[int, tuple[float, ...]]:
    return day * DAY, (float(day), float(day**2))


def test_window_holds_the_values_of_the_bars_ahead() -> None:
    found_THK = windows(rows(0, 4).value_AK, rows(4, 2).value_AK, 2)
    assert found_THK[:, :, 0].tolist() == [[1, 2], [2, 3], [3, 4], [4, 5]]
    assert found_THK[1].tolist() == [[2, 4], [3, 9]]


def test_last_value_is_repeated_beyond_what_is_known() -> None:
    found_THK = windows(rows(0, 3).value_AK, NOTHING.value_AK, 3)
    assert found_THK[:, :, 0].tolist() == [[1, 2, 2], [2, 2, 2], [2, 2, 2]]


def test_rows_are_usable_up_to_a_gap_or_a_missing_value() -> None:
    ahead = rows(5, 4)
    assert len(ahead.usable(DAILY, 4 * DAY).time_A) == 4
    assert len(ahead.usable(DAILY, 3 * DAY).time_A) == 0
    ahead.value_AK[2, 1] = np.nan
    assert ahead.usable(DAILY, 4 * DAY).time_A.tolist() == [5 * DAY, 6 * DAY]


def test_a_step_takes_one_row_off_and_adds_others() -> None:
    coming = Coming(NAMES, DAILY, 0, rows(1, 2))
    assert coming.advance(DAY, [row(3)], 2) == (1, 1, 2, 4, 3, 9)
    assert coming.advance(2 * DAY, [row(4), row(5)], 2) == (2, 4, 3, 9, 4, 16)
    left = coming.rows()
    assert left.time_A.tolist() == [3 * DAY, 4 * DAY, 5 * DAY]
    assert left.value_AK.tolist() == rows(3, 3).value_AK.tolist()


def test_without_known_columns_there_is_nothing_to_do() -> None:
    coming = Coming((), DAILY, 0, NOTHING)
    coming.check(14)
    assert coming.advance(DAY, [], 14) == ()
    assert coming.rows().value_AK.shape == (0, 0)


@pytest.mark.parametrize(
    ("day", "announced", "message"),
    [
        (1, [], "holiday or price of the bar of 1970-01-04 is not known, and a forecast of 2 bars"),
        (
            2,
            [row(3)],
            "the bar of 1970-01-02 was announced, and the one that came is of 1970-01-03",
        ),
        (1, [row(4)], "1970-01-05 does not follow 1970-01-03, .* the row of 1970-01-04 first"),
        (1, [row(2)], "1970-01-03 does not follow 1970-01-03"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    day: int, announced: list[tuple[int, tuple[float, ...]]], message: str
) -> None:
    coming = Coming(NAMES, DAILY, 0, rows(1, 2))
    with pytest.raises(FrameError, match=message):
        coming.advance(day * DAY, announced, 2)
    assert coming.advance(DAY, [row(3)], 2) == (1, 1, 2, 4, 3, 9)


def test_a_bar_must_be_as_announced() -> None:
    coming = Coming(NAMES, DAILY, 0, rows(1, 2))
    coming.confirm(DAY, (1.0, 1.0))
    with pytest.raises(FrameError, match=r"price of the bar of 1970-01-02 was announced as 1\.0"):
        coming.confirm(DAY, (1.0, 2.0))
