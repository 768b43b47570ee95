"""Days of the year without bars, as a history shows them.

There are fixed dates, n-th weekdays of a month, and days around Easter.
A rule is taken up where the market was closed on each of its last three occasions and no other
rule says why. So nothing is known of any exchange, a holiday that is new is learned after three
years, and a day that was missing by chance is not.

Axes: Y years, R rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import cache

import numpy as np

__all__ = ["Holiday", "closed_days", "found_holidays"]

OCCASIONS = 3  # the last ones, all of which must have been missed
MOST_YEARS = 15  # looked back
AROUND_EASTER = range(-60, 61)  # days
LAST = 5  # for the n-th weekday of a month, the last one
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # days of each month
FIXED, WEEKDAY, EASTER = range(3)


@dataclass(frozen=True)
class Holiday:
    """One rule, as plain numbers.

    Attributes
    ----------
    kind : int
        0 for a date, 1 for the n-th weekday of a month, 2 for a distance from Easter Sunday.
    month : int
        1 to 12; of the last kind 0.
    day : int
        Of the month; the weekday, Monday 0; days after Easter.
    nth : int
        Of a weekday: 1 to 4, or 5 for the last one of the month.
    saturday, sunday : int
        Of a date: days that it is moved by where it falls on one of these.
    """

    kind: int
    month: int
    day: int
    nth: int = 0
    saturday: int = 0
    sunday: int = 0

    def days(self, year_Y: np.ndarray) -> np.ndarray:
        """Days since 1970 on which it falls, one a year, shape (Y,)."""
        if self.kind == EASTER:
            away_Y: np.ndarray = easter(year_Y) + self.day
            return away_Y
        months_Y = 12 * (year_Y - 1970) + self.month - 1
        first_Y, next_Y = _month_start(months_Y), _month_start(months_Y + 1)
        if self.kind == FIXED:
            day_Y: np.ndarray = np.minimum(first_Y + self.day, next_Y) - 1
            weekday_Y = _weekday(day_Y)
            day_Y += np.where(weekday_Y == 5, self.saturday, 0)
            day_Y += np.where(weekday_Y == 6, self.sunday, 0)
        elif self.nth == LAST:
            day_Y = next_Y - 1 - (_weekday(next_Y - 1) - self.day) % 7
        else:
            day_Y = first_Y + (self.day - _weekday(first_Y)) % 7 + 7 * (self.nth - 1)
        return day_Y


def easter(year_Y: np.ndarray) -> np.ndarray:
    """Easter Sunday in days since 1970, by the Gregorian calendar.

    The rule of Meeus, Jones and Butcher (J. Meeus, Astronomical Algorithms, 1991, chapter 8).
    """
    golden = year_Y % 19
    century, in_century = np.divmod(year_Y, 100)
    leap, left = np.divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - moon_shift + 15) % 30
    leaps, rest = np.divmod(in_century, 4)
    to_sunday = (32 + 2 * left + 2 * leaps - epact - rest) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = np.divmod(epact + to_sunday - 7 * late + 114, 31)
    sunday: np.ndarray = _month_start(12 * (year_Y - 1970) + month - 1) + day
    return sunday


@cache
def closed_days(holidays: tuple[Holiday, ...], year: int) -> frozenset[int]:
    """Days since 1970 of all holidays of one year."""
    # A date may be moved into the year before or after.
    years = np.arange(year - 1, year + 2)
    return frozenset(int(day) for each in holidays for day in each.days(years))


def found_holidays(day_D: np.ndarray, weekdays: frozenset[int]) -> tuple[Holiday, ...]:
    """Rules that explain which days are missing.

    Parameters
    ----------
    day_D : ndarray of int64, shape (D,)
        Days since 1970 that have bars, increasing.
    weekdays : frozenset of int
        Days of the week that have bars at all, Monday 0.
    """
    first, last = int(day_D[0]), int(day_D[-1])
    span_N = np.arange(max(first, last - 366 * MOST_YEARS), last + 1)
    should_N = np.isin(_weekday(span_N), list(weekdays))
    missing = set(span_N[should_N & ~np.isin(span_N, day_D)].tolist())
    expected = set(span_N[should_N].tolist())
    if len(missing) < OCCASIONS:
        return ()
    years = np.arange(_year(int(span_N[0])), _year(last) + 1)
    rules = [(rule, rule.days(years).tolist()) for rule in _rules()]
    # The rule with the most missing days first: what it explains, no other needs to.
    rules.sort(key=lambda pair: -len(missing.intersection(pair[1])))
    found: list[Holiday] = []
    left = set(missing)
    for rule, days in rules:
        occasions = [day for day in days if day in expected][-OCCASIONS:]
        if len(occasions) == OCCASIONS and left.issuperset(occasions):
            found.append(_moved(rule, years, missing, expected))
            left -= set(found[-1].days(years).tolist())
    return tuple(found)


def _rules() -> Iterator[Holiday]:
    for month, days in enumerate(LONGEST, start=1):
        yield from (Holiday(FIXED, month, day) for day in range(1, days + 1))
        for weekday in range(7):
            yield from (Holiday(WEEKDAY, month, weekday, nth) for nth in range(1, LAST + 1))
    yield from (Holiday(EASTER, 0, away) for away in AROUND_EASTER)


def _moved(rule: Holiday, years: np.ndarray, missing: set[int], expected: set[int]) -> Holiday:
    """Whether a date on a Saturday or Sunday is kept on the Friday before or the Monday after."""
    if rule.kind != FIXED:
        return rule
    kept = {}
    for name, weekday, shift in (("saturday", 5, -1), ("sunday", 6, 1)):
        on_it = [int(day) for day in rule.days(years) if _weekday(np.array(day)) == weekday]
        others = [day + shift for day in on_it if day + shift in expected][-2:]
        kept[name] = shift if others and missing.issuperset(others) else 0
    kind, month, day, nth, *_ = astuple(rule)
    return Holiday(kind, month, day, nth, **kept)


def _month_start(month_Y: np.ndarray) -> np.ndarray:
    """First day of months counted from January 1970, in days since 1970."""
    return month_Y.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _weekday(day_N: np.ndarray) -> np.ndarray:
    weekday_N: np.ndarray = (day_N + 3) % 7  # 1970-01-01 was a Thursday
    return weekday_N


def _year(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[Y]").astype(np.int64)) + 1970
