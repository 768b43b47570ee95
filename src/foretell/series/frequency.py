"""The grid that a sequence's time stamps lie on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from foretell.errors import FrameError, ShortHistory

__all__ = ["Frequency", "stamp"]

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800
MONTH = 30 * DAY  # nominal: the step of a calendar-month grid
UNITS = (("w", WEEK), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1))
ALL_WEEK = frozenset(range(7))


@dataclass(frozen=True)
class Frequency:
    """The step between bars, and on which days there are bars at all.

    Parameters
    ----------
    seconds : int
        Step in seconds; for a grid of calendar months, a nominal 30 days each.
    months : int
        Number of calendar months in a step, 0 on a grid of fixed seconds.
    weekdays : frozenset of int
        Days with bars, Monday 0. Only daily data leaves days out.
    """

    seconds: int
    months: int = 0
    weekdays: frozenset[int] = ALL_WEEK

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
        if off.size:
            row = int(off[0])
            message = (
                f"row {row}: {stamp(time_T[row])} is off the {cls(step)} grid that the other "
                f"rows lie on; remove or re-sample it"
            )
            raise FrameError(message, row)
        return cls(step, weekdays=_weekdays(time_T) if step == DAY else ALL_WEEK)

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
        if self.months or len(self.weekdays) == len(ALL_WEEK):
            return max(1, round(self.elapsed(earlier, later)))
        days = range(weekday(earlier) + 1, weekday(earlier) + 1 + (later - earlier) // DAY % 7)
        whole = (later - earlier) // WEEK * len(self.weekdays)
        return max(1, whole + sum(day % 7 in self.weekdays for day in days))

    def leads_to(self, last: int, time: int) -> bool:
        """Whether a later stamp lies on the grid of an earlier one."""
        if not self.months:
            return (time - last) % self.seconds == 0
        steps = round((time - last) / self.seconds)
        return time in self.following(last, steps + 1)

    def following(self, last: int, count: int) -> list[int]:
        """Stamps of the next `count` bars after `last`, in seconds since 1970."""
        if self.months:
            shift = _to_first(np.array([last]))
            ahead = [_add_months(last + shift, self.months * k) for k in range(1, count + 1)]
            return [first - shift for first in ahead]
        stamps: list[int] = []
        time = last
        while len(stamps) < count:
            time += self.seconds
            if weekday(time) in self.weekdays:
                stamps.append(time)
        return stamps


def stamp(seconds: int) -> str:
    """Write a time for a person: the date alone where the time is midnight."""
    moment = datetime.fromtimestamp(int(seconds), UTC)
    midnight = not (moment.hour or moment.minute or moment.second)
    return f"{moment:%Y-%m-%d}" if midnight else f"{moment:%Y-%m-%d %H:%M:%S}"


def weekday(seconds: int) -> int:
    """Day of the week, Monday 0."""
    return (seconds // DAY + 3) % 7  # 1970-01-01 was a Thursday


def _weekdays(time_T: np.ndarray) -> frozenset[int]:
    return frozenset(int(day) for day in np.unique((time_T // DAY + 3) % 7))


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
