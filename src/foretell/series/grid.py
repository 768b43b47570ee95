"""Timeframes as exchanges write them, and the stamps that lie on their grid."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from foretell.errors import UsageError
from foretell.series.frequency import Frequency

__all__ = ["frequency", "holes", "on_grid_from", "runs", "stamps"]


def frequency(timeframe: str) -> Frequency:
    """Read a timeframe as exchanges write it: ``1m``, ``4h``, ``1d``, ``1w``, ``1M``.

    Raises
    ------
    UsageError
        It is not one.
    """
    try:
        found = Frequency.parse(timeframe.replace("M", "mo"))
    except ValueError:
        found = Frequency(0)
    if found.seconds <= 0:
        message = f"{timeframe!r} is not a timeframe; write it like 1m, 15m, 4h, 1d, 1w or 1M"
        raise UsageError(message)
    return found


def stamps(first: int, last: int, step: Frequency) -> np.ndarray:
    """All stamps of the grid from one to another, both included."""
    if not step.months:
        return np.arange(first, last + 1, step.seconds)
    ahead = step.following(first, max(round((last - first) / step.seconds) + 1, 1))
    return np.array([first, *(time for time in ahead if time <= last)])


def runs(time_T: np.ndarray, step: Frequency) -> list[slice]:
    """Split increasing stamps where one or more of the grid are left out."""
    if not len(time_T):
        return []
    longest = 1.05 * step.seconds if step.months else step.seconds  # of 31 days, nominally 30
    ends = np.flatnonzero(np.diff(time_T) > longest) + 1
    edges = [0, *ends.tolist(), len(time_T)]
    return [slice(*pair) for pair in pairwise(edges)]


def holes(time_T: np.ndarray, timeframe: str) -> list[tuple[int, int]]:
    """First and last bar of every hole in increasing stamps."""
    step = frequency(timeframe)
    parts = runs(time_T, step)
    found = []
    for before, after in pairwise(parts):
        left, right = int(time_T[before.stop - 1]), int(time_T[after.start])
        missing = stamps(left, right, step)[1:-1]
        found.append((int(missing[0]), int(missing[-1])))
    return found


def on_grid_from(time: int, anchor: int, step: Frequency) -> int:
    """The first stamp at or after a time on the grid that another stamp lies on."""
    if not step.months:
        return time + (anchor - time) % step.seconds
    month, of_anchor = _month(time), _month(anchor)
    shift = anchor - _begin(of_anchor)
    found = _begin(month + (of_anchor - month) % step.months) + shift
    return found if found >= time else step.following(found, 1)[0]


def _month(time: int) -> int:
    return int(np.datetime64(time, "s").astype("datetime64[M]").astype(int))


def _begin(month: int) -> int:
    return int(np.datetime64(month, "M").astype("datetime64[s]").astype(int))
