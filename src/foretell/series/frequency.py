"""The grid that a sequence's time stamps lie on."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import numpy as np

from foretell.errors import FrameError, ShortHistory
from foretell.series.holidays import Holiday, closed_days, found_holidays
from foretell.series.sessions import of_week, weekly_opens

__all__ = ["Frequency", "stamp"]

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800
MONTH = 30 * DAY  # nominal: the step of a calendar-month grid
UNITS = (("w", WEEK), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1))
ALL_WEEK = frozenset(range(7))
RARE = 0.05  # of the bars that the commonest weekday has
OFTEN, FEWEST_DAYS = 0.2, 5  # of the days, and days, for a time of day that bars open at


@dataclass(frozen=True)
class Frequency:
    """The step between bars, and when there are bars at all.

    Parameters
    ----------
    seconds : int
        Step in seconds; for a grid of calendar months, a nominal 30 days each.
    months : int
        Number of calendar months in a step, 0 on a grid of fixed seconds.
    weekdays : frozenset of int
        Days with bars, Monday 0. Only daily data leaves days out.
    opens : tuple of int
        Seconds of the week at which bars shorter than a day open, from Monday 00:00 on and
        increasing; empty for a market that never closes.
    holidays : tuple of Holiday
        Days of the year without bars.
    """

    seconds: int
    months: int = 0
    weekdays: frozenset[int] = ALL_WEEK
    opens: tuple[int, ...] = ()
    holidays: tuple[Holiday, ...] = ()

    def __str__(self) -> str:
        if self.months:
            return f"{self.months}mo"
        unit, size = next(pair for pair in UNITS if self.seconds % pair[1] == 0)
        return f"{self.seconds // size}{unit}"

    @classmethod
    def parse(cls, text: str) -> Frequency:
        """Read what `str` wrote.

        Raises
        ------
        ValueError
            The text is not a step, such as ``15m``, ``1d`` or ``3mo``.
        """
        if text.endswith("mo"):
            months = int(text[:-2])
            return cls(months * MONTH, months)
        sizes = dict(UNITS)
        if text[-1:] not in sizes:
            message = f"{text!r} is not a time step"
            raise ValueError(message)
        return cls(int(text[:-1]) * sizes[text[-1]])

    @property
    def is_daily(self) -> bool:
        """Whether a bar is one calendar day."""
        return self.seconds == DAY

    @classmethod
    def infer(cls, time_T: np.ndarray) -> Frequency:
        """Find the step of increasing stamps.

        Parameters
        ----------
        time_T : ndarray of int64
            Seconds since 1970, strictly increasing.

        Raises
        ------
        ShortHistory
            Fewer than three stamps.
        FrameError
            A stamp lies off the grid; its row is named.
        """
        if len(time_T) < 3:
            message = f"{len(time_T)} bars do not show a time step; give at least 3"
            raise ShortHistory(message)
        gaps = np.diff(time_T)
        values, counts = np.unique(gaps, return_counts=True)
        step = int(values[np.argmax(counts)])
        if 28 * DAY <= step <= 366 * DAY and _same_day_of_month(time_T):
            return cls._calendar(time_T)
        phases, shares = np.unique(time_T % step, return_counts=True)
        off = np.flatnonzero(time_T % step != phases[np.argmax(shares)])
        found = cls._sessions(time_T, step)
        if off.size and not (found.opens and _daily_times(time_T, step)):
            row = int(off[0])
            message = (
                f"row {row}: {stamp(time_T[row])} is off the {cls(step)} grid that the other "
                f"rows lie on; remove or re-sample it"
            )
            raise FrameError(message, row)
        return found

    @classmethod
    def _sessions(cls, time_T: np.ndarray, step: int) -> Frequency:
        """Find when bars open, on a grid of seconds."""
        if step == DAY:
            weekdays = _weekdays(time_T)
            whole = len(time_T) - 1 == (time_T[-1] - time_T[0]) // DAY
            holidays = () if whole else found_holidays(time_T // DAY, weekdays)
            return cls(step, weekdays=weekdays, holidays=holidays)
        opens = weekly_opens(time_T, step) if step < DAY else ()
        if not opens:
            return cls(step)
        # A night session that opens on Sunday belongs to no holiday rule: days are UTC's.
        weekdays = frozenset(each // DAY for each in opens)
        return cls(step, opens=opens, holidays=found_holidays(np.unique(time_T // DAY), weekdays))

    @classmethod
    def _calendar(cls, time_T: np.ndarray) -> Frequency:
        months_T = (
            (time_T + _to_first(time_T)).astype("datetime64[s]").astype("datetime64[M]").astype(int)
        )
        step = int(np.diff(months_T).min())
        return cls(step * MONTH, months=step)

    def elapsed(self, earlier: int, later: int) -> float:
        """Steps between two stamps; 1.0 where no bar is missing."""
        return (later - earlier) / self.seconds

    def bars(self, earlier: int, later: int) -> int:
        """Bars from one stamp to a later one, missing ones included: 1 where there are none."""
        if self.always:
            return max(1, round(self.elapsed(earlier, later)))
        opens = self._opens
        weeks, rest = divmod(later - earlier, WEEK)
        start = of_week(earlier)
        between = weeks * len(opens) - bisect_right(opens, start)
        between += bisect_right(opens, start + rest) + bisect_right(opens, start + rest - WEEK)
        return max(1, between - self._on_holidays(earlier, later))

    def bars_in(self, seconds: float) -> float:
        """Bars that so much time has on average; of a day, those of a day that has bars."""
        if self.always:
            return seconds / self.seconds
        opens = self._opens
        if seconds == DAY:
            return len(opens) / len({each // DAY for each in opens})
        return len(opens) * seconds / WEEK

    @property
    def always(self) -> bool:
        """Whether bars open all the time, with no night, weekend or holiday."""
        every_day = len(self.weekdays) == len(ALL_WEEK) and not self.holidays
        return bool(self.months) or (every_day and not self.opens)

    @property
    def _opens(self) -> tuple[int, ...]:
        """Seconds of the week at which bars open."""
        return self.opens or tuple(day * DAY for day in sorted(self.weekdays))

    def leads_to(self, last: int, time: int) -> bool:
        """Whether a later stamp lies on the grid of an earlier one."""
        if not self.months:
            return (time - last) % self.seconds == 0 or of_week(time) in self.opens
        steps = round((time - last) / self.seconds)
        return time in self.following(last, steps + 1)

    def following(self, last: int, count: int) -> list[int]:
        """Stamps of the next `count` bars after `last`, in seconds since 1970."""
        if self.months:
            shift = _to_first(np.array([last]))
            ahead = [_add_months(last + shift, self.months * k) for k in range(1, count + 1)]
            return [first - shift for first in ahead]
        coming = self._sessions_after(last) if self.opens else _steps(last, self.seconds)
        return list(islice(filter(self._is_open, coming), count))

    def _sessions_after(self, last: int) -> Iterator[int]:
        """Yield the opens of this week and of all weeks after it."""
        monday = last - of_week(last)
        for week in _steps(monday - WEEK, WEEK):
            yield from (week + each for each in self.opens if week + each > last)

    def _is_open(self, time: int) -> bool:
        day = time // DAY
        if self.seconds == DAY and weekday(time) not in self.weekdays:
            return False
        return not self.holidays or day not in closed_days(self.holidays, _year(time))

    def _on_holidays(self, earlier: int, later: int) -> int:
        """Bars between two stamps that would have opened on a holiday."""
        first, last = earlier // DAY, later // DAY
        if not self.holidays or last - first < 2:
            return 0
        closed = set().union(
            *(closed_days(self.holidays, y) for y in range(_year(earlier), _year(later) + 1))
        )
        days = [day for day in closed if first < day < last]
        per_day = Counter(each // DAY for each in self._opens)
        return sum(per_day[weekday(day * DAY)] for day in days)


def stamp(seconds: int) -> str:
    """Write a time for a person: the date alone where the time is midnight."""
    moment = datetime.fromtimestamp(int(seconds), UTC)
    midnight = not (moment.hour or moment.minute or moment.second)
    return f"{moment:%Y-%m-%d}" if midnight else f"{moment:%Y-%m-%d %H:%M:%S}"


def weekday(seconds: int) -> int:
    """Day of the week, Monday 0."""
    return (seconds // DAY + 3) % 7  # 1970-01-01 was a Thursday


def _weekdays(time_T: np.ndarray) -> frozenset[int]:
    """Days of the week that have bars; a special session now and then makes none."""
    days, counts = np.unique((time_T // DAY + 3) % 7, return_counts=True)
    return frozenset(int(day) for day in days[counts > RARE * counts.max()])


def _daily_times(time_T: np.ndarray, step: int) -> bool:
    """Whether bars open at few times of day, again and again: a market that closes over night."""
    times, counts = np.unique(time_T % DAY, return_counts=True)
    days = len(np.unique(time_T // DAY))
    often = counts >= OFTEN * days
    return step < DAY and days >= FEWEST_DAYS and bool(often.all()) and len(times) <= DAY // step


def _steps(start: int, step: int) -> Iterator[int]:
    """Yield ``start + step`` and so on, without an end."""
    return count(start + step, step)


def _year(time: int) -> int:
    return datetime.fromtimestamp(time, UTC).year


def _same_day_of_month(time_T: np.ndarray) -> bool:
    moments = (time_T + _to_first(time_T)).astype("datetime64[s]")
    return np.unique(moments - moments.astype("datetime64[M]")).size == 1


def _to_first(time_T: np.ndarray) -> int:
    """A day where all stamps are on the last of a month, which the day after makes a first."""
    next_day = (time_T + DAY).astype("datetime64[s]").astype("datetime64[D]")
    return DAY if bool((next_day == next_day.astype("datetime64[M]")).all()) else 0


def _add_months(seconds: int, months: int) -> int:
    moment = datetime.fromtimestamp(seconds, UTC)
    index = moment.year * 12 + moment.month - 1 + months
    first = moment.replace(year=index // 12, month=index % 12 + 1, day=1)
    return int((first + timedelta(days=moment.day - 1)).timestamp())
