"""Holidays by their rules, against known dates; and found again in a history."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from foretell import samples
from foretell.series import Frequency, Holiday, sequences
from foretell.series.holidays import closed_days, easter, found_holidays

WORKDAYS = frozenset(range(5))
THANKSGIVING = Holiday(1, 11, 3, 4)
CHRISTMAS = Holiday(0, 12, 25, saturday=-1, sunday=1)
GOOD_FRIDAY = Holiday(2, 0, -2)
MEMORIAL_DAY = Holiday(1, 5, 0, 5)


def day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def workdays(first: str, last: str, without: set[int] = frozenset()) -> np.ndarray:  # type: ignore[assignment]
    days = np.arange(day(first), day(last))
    return np.array([each for each in days if (each + 3) % 7 < 5 and int(each) not in without])


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(1818, "1818-03-22"), (1943, "1943-04-25"), (2000, "2000-04-23"), (2019, "2019-04-21"),
     (2024, "2024-03-31"), (2025, "2025-04-20"), (2038, "2038-04-25"), (2285, "2285-03-22")],
)  # fmt: skip
def test_easter(year: int, sunday: str) -> None:
    assert easter(np.array([year])).tolist() == [day(sunday)]


@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        (THANKSGIVING, ["2022-11-24", "2023-11-23", "2024-11-28"]),
        (CHRISTMAS, ["2022-12-26", "2023-12-25", "2024-12-25"]),
        (GOOD_FRIDAY, ["2022-04-15", "2023-04-07", "2024-03-29"]),
        (MEMORIAL_DAY, ["2022-05-30", "2023-05-29", "2024-05-27"]),
    ],
    ids=["thanksgiving", "christmas", "good friday", "memorial day"],
)
def test_days_of_a_rule(rule: Holiday, dates: list[str]) -> None:
    assert rule.days(np.arange(2022, 2025)).tolist() == [day(each) for each in dates]


def test_day_moved_over_the_end_of_the_year_belongs_to_the_year_it_falls_in() -> None:
    new_year = Holiday(0, 1, 1, saturday=-1)
    assert day("2021-12-31") in closed_days((new_year,), 2021)  # 2022-01-01 was a Saturday


@pytest.mark.parametrize("rule", [THANKSGIVING, CHRISTMAS, GOOD_FRIDAY, MEMORIAL_DAY])
def test_rule_is_found_in_a_history_that_kept_it(rule: Holiday) -> None:
    closed = set(rule.days(np.arange(2009, 2026)).tolist())
    assert found_holidays(workdays("2010-01-01", "2025-06-01", closed), WORKDAYS) == (rule,)


def test_days_missing_by_chance_are_no_holidays() -> None:
    rng = np.random.default_rng(0)
    days = workdays("2010-01-01", "2025-01-01")
    for _ in range(20):
        kept = days[rng.uniform(size=len(days)) > 0.01]
        assert found_holidays(kept, WORKDAYS) == ()


def test_holiday_is_learned_after_three_years_and_dropped_after_one() -> None:
    kept = [int(each) for each in THANKSGIVING.days(np.arange(2015, 2018))]
    assert found_holidays(workdays("2014-01-01", "2018-06-01", set(kept)), WORKDAYS)
    assert not found_holidays(workdays("2014-01-01", "2018-06-01", set(kept[:2])), WORKDAYS)
    assert not found_holidays(workdays("2014-01-01", "2018-12-01", set(kept)), WORKDAYS)


def test_whole_history_has_none() -> None:
    assert found_holidays(workdays("2010-01-01", "2025-01-01"), WORKDAYS) == ()


@pytest.mark.parametrize("name", ["SP500", "NVDA"])
def test_year_of_a_bundled_stock_is_continued_to_the_day(name: str) -> None:
    (row,) = sequences(samples.load(name))
    past = row.before(datetime(2019, 1, 2, tzinfo=UTC).timestamp())
    coming = Frequency.infer(past.time_T).following(int(past.time_T[-1]), 250)
    assert coming == row.time_T[len(past) :][:250].tolist()


def test_holidays_of_the_bundled_index_are_those_of_its_exchange() -> None:
    # Rule 7.2 of the New York Stock Exchange names them.
    (row,) = sequences(samples.load("SP500"))
    found = {(each.kind, each.month, each.day, each.nth) for each in row.frequency.holidays}
    assert found == {
        (0, 1, 1, 0), (1, 1, 0, 3), (1, 2, 0, 3), (2, 0, -2, 0), (1, 5, 0, 5), (0, 6, 19, 0),
        (0, 7, 4, 0), (1, 9, 0, 1), (1, 11, 3, 4), (0, 12, 25, 0),
    }  # fmt: skip


def test_missing_holidays_are_no_missing_bars() -> None:
    frequency = Frequency(86_400, weekdays=WORKDAYS, holidays=(THANKSGIVING,))
    wednesday, friday = (86_400 * day(each) for each in ("2024-11-27", "2024-11-29"))
    assert frequency.bars(wednesday, friday) == 1
    assert frequency.elapsed(wednesday, friday) == 2.0
    assert frequency.following(wednesday, 2) == [friday, friday + 3 * 86_400]
    assert frequency.bars(wednesday, friday + 3 * 86_400) == 2
