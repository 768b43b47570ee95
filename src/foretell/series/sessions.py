"""When in the week bars open: markets that close over night, and over the weekend."""

from __future__ import annotations

import numpy as np

__all__ = ["of_week", "weekly_opens"]

DAY, WEEK = 86_400, 604_800
MONDAY = 4 * DAY  # 1970-01-05
# The last weeks of a history show when bars open now: few, as clocks change twice a year.
WEEKS, FEWEST_WEEKS = 4, 2
OFTEN = 0.5  # of the weeks, in which a bar opened then
CLOSED = 0.1  # of a week's bars, that are missing again and again: less is only gaps
SHORTEST = 60  # seconds of a bar for which sessions are looked for


def of_week(time: int) -> int:
    """Seconds since Monday 00:00."""
    return (time - MONDAY) % WEEK


def weekly_opens(time_T: np.ndarray, step: int) -> tuple[int, ...]:
    """Seconds of the week at which bars open, as the last weeks show.

    Parameters
    ----------
    time_T : ndarray of int64
        Stamps in seconds since 1970, increasing.
    step : int
        Seconds from bar to bar within a session, below a day.

    Returns
    -------
    tuple of int
        Increasing; empty where bars open all week, or where it cannot be told.
    """
    last = int(time_T[-1])
    recent_T = time_T[time_T > last - WEEKS * WEEK]
    weeks = (last - int(recent_T[0]) + step) / WEEK
    if weeks < FEWEST_WEEKS or step < SHORTEST:
        return ()
    opens, counts = np.unique((recent_T - MONDAY) % WEEK, return_counts=True)
    often = opens[counts >= OFTEN * weeks]
    if len(often) > (1.0 - CLOSED) * WEEK / step:
        return ()
    return tuple(often.tolist())
