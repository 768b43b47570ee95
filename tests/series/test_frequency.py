"""The grid is found, stamps off it are named, and it is continued into the future."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell import samples
from foretell.errors import FrameError, ShortHistory
from foretell.series import Frequency, sequences, stamp
from foretell.series.frequency import weekday

HOUR, DAY, WEEK = 3_600, 86_400, 604_800
WORKDAYS = frozenset(range(5))


def at(*days: str) -> np.ndarray:
    return np.array(days, dtype="datetime64[s]").astype(np.int64)


def months(first: str, count: int, step: int = 1) -> np.ndarray:
    whole = np.datetime64(first[:7], "M") + step * np.arange(count)
    days = np.datetime64(first, "D") - np.datetime64(first[:7], "D")
    return (whole.astype("datetime64[D]") + days).astype("datetime64[s]").astype(np.int64)


def written(seconds: list[int]) -> list[str]:
    return [stamp(each) for each in seconds]


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (1, "1s"), (60, "1m"), (300, "5m"), (HOUR, "1h"), (4 * HOUR, "4h"), (90 * 60, "90m"),
        (DAY, "1d"), (3 * DAY, "3d"), (WEEK, "1w"), (2 * WEEK, "2w"), (45, "45s"),
    ],
)  # fmt: skip
def test_step_is_found_and_written_shortly(step: int, text: str) -> None:
    frequency = Frequency.infer(1_704_067_200 + step * np.arange(12))
    assert (frequency.seconds, frequency.months, str(frequency)) == (step, 0, text)


@pytest.mark.parametrize(
    ("first", "step", "text"),
    [("2023-11-01", 1, "1mo"), ("2023-11-15", 1, "1mo"), ("2019-01-01", 3, "3mo"),
     ("2001-07-01", 12, "12mo")],
)  # fmt: skip
def test_calendar_months_are_found(first: str, step: int, text: str) -> None:
    frequency = Frequency.infer(months(first, 14, step))
    assert (frequency.months, str(frequency)) == (step, text)


def test_month_ends_are_a_grid_of_months() -> None:
    ends = (np.datetime64("2023-01", "M") + np.arange(1, 20)).astype("datetime64[D]") - 1
    frequency = Frequency.infer(ends.astype("datetime64[s]").astype(np.int64))
    assert str(frequency) == "1mo"


@pytest.mark.parametrize(
    ("name", "text"),
    [("BTC-USD", "1d"), ("BTC-USDT-1h", "1h"), ("NVDA", "1d"), ("SEATTLE-TEMP-1h", "1h")],
)
def test_bundled_samples_lie_on_their_grid(name: str, text: str) -> None:
    assert str(sequences(samples.load(name))[0].frequency) == text


def test_gaps_are_allowed() -> None:
    stamps = 1_704_067_200 + HOUR * np.array([0, 1, 2, 7, 8, 30, 31, 32])
    assert Frequency.infer(stamps) == Frequency(HOUR)


@given(st.sets(st.integers(0, 400), min_size=3, max_size=60), st.sampled_from([60, HOUR, WEEK]))
def test_any_gaps_give_a_step_that_all_stamps_lie_on(steps: set[int], size: int) -> None:
    stamps = 1_704_067_200 + size * np.array(sorted(steps))
    try:
        frequency = Frequency.infer(stamps)
    except FrameError as error:
        assert error.row is not None  # noqa: PT017
        return
    assert not ((stamps - stamps[0]) % frequency.seconds).any() or frequency.months


def test_stamp_off_the_grid_is_named() -> None:
    stamps = 1_704_067_200 + HOUR * np.arange(12)
    stamps[7] += 90
    with pytest.raises(FrameError, match=r"row 7: 2024-01-01 07:01:30 is off the 1h grid") as off:
        Frequency.infer(stamps)
    assert off.value.row == 7
    assert "remove or re-sample" in str(off.value)


def test_first_stamp_off_the_grid_is_named() -> None:
    stamps = 1_704_067_200 + HOUR * np.arange(12)
    stamps[0] += 1_800
    with pytest.raises(FrameError) as off:
        Frequency.infer(stamps)
    assert off.value.row == 0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_stamps_show_no_step(count: int) -> None:
    with pytest.raises(ShortHistory, match=f"{count} bars do not show a time step; give at least"):
        Frequency.infer(DAY * np.arange(count))


def test_workdays_are_remembered() -> None:
    days = np.array([day for day in DAY * np.arange(19_700, 19_760) if weekday(int(day)) < 5])
    assert Frequency.infer(days).weekdays == WORKDAYS


def test_weekday_counts_from_monday() -> None:
    monday = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
    assert [weekday(monday + day * DAY) for day in range(8)] == [0, 1, 2, 3, 4, 5, 6, 0]


def test_following_daily_bars_skip_the_weekend() -> None:
    friday = int(at("2024-01-05")[0])
    coming = Frequency(DAY, weekdays=WORKDAYS).following(friday, 3)
    assert written(coming) == ["2024-01-08", "2024-01-09", "2024-01-10"]


def test_following_bars_of_a_market_without_weekends_are_every_day() -> None:
    friday = int(at("2024-01-05")[0])
    assert written(Frequency(DAY).following(friday, 2)) == ["2024-01-06", "2024-01-07"]


def test_following_hours_pass_midnight() -> None:
    late = int(at("2023-12-31T23:00:00")[0])
    expected = ["2024-01-01", "2024-01-01 01:00:00"]
    assert written(Frequency(HOUR).following(late, 2)) == expected


def test_following_months_pass_the_year_end() -> None:
    coming = Frequency.infer(months("2023-01-15", 11)).following(int(at("2023-11-15")[0]), 3)
    assert written(coming) == ["2023-12-15", "2024-01-15", "2024-02-15"]


def test_following_quarters_and_years() -> None:
    quarters = Frequency.infer(months("2022-01-01", 8, 3))
    assert written(quarters.following(int(at("2023-10-01")[0]), 2)) == ["2024-01-01", "2024-04-01"]
    years = Frequency.infer(months("2016-07-01", 8, 12))
    assert written(years.following(int(at("2023-07-01")[0]), 2)) == ["2024-07-01", "2025-07-01"]


def test_months_keep_the_time_of_day() -> None:
    stamps = months("2023-10-01", 5) + 6 * HOUR
    coming = Frequency.infer(stamps).following(int(stamps[-1]), 1)
    assert written(coming) == ["2024-03-01 06:00:00"]


@given(
    st.integers(0, 4 * 10**9),
    st.integers(1, 30),
    st.sets(st.integers(0, 6), min_size=1).map(frozenset),
)
def test_following_daily_bars_are_the_next_allowed_days(
    last: int, count: int, weekdays: frozenset[int]
) -> None:
    coming = Frequency(DAY, weekdays=weekdays).following(last, count)
    passed = range(last + DAY, coming[-1] + 1, DAY)
    assert coming == [time for time in passed if date_of(time).weekday() in weekdays]
    assert len(coming) == count


def date_of(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def test_elapsed_counts_steps() -> None:
    assert Frequency(HOUR).elapsed(0, 3 * HOUR) == 3.0
    assert Frequency(DAY).elapsed(0, DAY) == 1.0


def test_daily_is_told_from_the_rest() -> None:
    assert Frequency(DAY).is_daily
    assert not Frequency(HOUR).is_daily
    assert not Frequency(30 * DAY, months=1).is_daily


def test_stamp_leaves_midnight_out() -> None:
    assert stamp(1_704_067_200) == "2024-01-01"
    assert stamp(1_704_067_200 + 3_661) == "2024-01-01 01:01:01"


@pytest.mark.parametrize("text", ["15m", "1h", "1d", "1w", "3mo"])
def test_text_of_a_step_is_read_back(text: str) -> None:
    assert str(Frequency.parse(text)) == text


@pytest.mark.parametrize("text", ["", "soon", "1y"])
def test_text_that_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time step|invalid literal"):
        Frequency.parse(text)
