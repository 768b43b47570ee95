"""Timeframes: the grid that the candles of a series lie on, and the holes in it.

Steps of up to an hour begin on the full step of UTC. Longer ones may begin elsewhere (a week on
Monday or Thursday, a day at 16:00), but all candles of a series on the same grid.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from foretell.errors import FrameError, UsageError
from foretell.series import Frequency, stamp

__all__ = ["check_grid", "frequency", "runs", "stamps"]

HOUR = 3_600


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


def check_grid(time_T: np.ndarray, row_T: np.ndarray, timeframe: str, known: int | None) -> None:
    """Refuse a candle that lies between the grid's stamps.

    Parameters
    ----------
    time_T : ndarray of int64, shape (T,)
        Open times in seconds since 1970.
    row_T : ndarray of int64, shape (T,)
        Their rows in the frame as it was given.
    timeframe : str
    known : int or None
        A stamp of the same series that is on its grid. By default the grid is that of most.

    Raises
    ------
    FrameError
        With the row.
    """
    step = frequency(timeframe)
    if step.months:
        off_T = _off_months(time_T, step, int(time_T[0]) if known is None else known)
    else:
        phase_T = time_T % step.seconds
        off_T = phase_T != _phase(phase_T, step.seconds, known)
    if off_T.any():
        at = int(np.argmax(off_T))
        message = (
            f"row {row_T[at]}: {stamp(time_T[at])} is off the {timeframe} grid of its series; "
            f"remove the row, or name the timeframe that it has"
        )
        raise FrameError(message, int(row_T[at]))


def _phase(phase_T: np.ndarray, step: int, known: int | None) -> int:
    if known is not None:
        return known % step
    if step <= HOUR:
        return 0
    phases, counts = np.unique(phase_T, return_counts=True)
    return int(phases[np.argmax(counts)])


def _off_months(time_T: np.ndarray, step: Frequency, known: int) -> np.ndarray:
    return np.array(
        [
            time != known and not step.leads_to(min(known, time), max(known, time))
            for time in time_T.tolist()
        ]
    )


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
