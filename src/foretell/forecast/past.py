"""The last bars of a series under way, for the charts of its forecasts.

Axes: R recent bars, C columns.
"""

from __future__ import annotations

import numpy as np

from foretell.series import Bar

__all__ = ["RECENT", "Past"]

RECENT = 120  # bars that a chart shows


class Past:
    """Up to 120 bars; takes the next one in constant time.

    The window moves on through a buffer of twice its length, and then into a new one. So a row is
    written once, and windows that were given out stay as they are.

    Parameters
    ----------
    time_R : ndarray of int64, shape (R,)
        Open times in seconds since 1970, at least one; the last 120 are kept.
    value_RC : ndarray of float64, shape (R, C)
    """

    def __init__(self, time_R: np.ndarray, value_RC: np.ndarray) -> None:
        self._begin(time_R[-RECENT:], value_RC[-RECENT:])

    def _begin(self, time_R: np.ndarray, value_RC: np.ndarray) -> None:
        self._end = len(time_R)
        self._time = np.empty(2 * RECENT, np.int64)
        self._value = np.empty((2 * RECENT, value_RC.shape[1]))
        self._time[: self._end], self._value[: self._end] = time_R, value_RC

    @property
    def time_R(self) -> np.ndarray:
        """Open times, oldest first."""
        return self._time[max(self._end - RECENT, 0) : self._end]

    @property
    def value_RC(self) -> np.ndarray:
        """Values of the same bars."""
        return self._value[max(self._end - RECENT, 0) : self._end]

    def append(self, time: int, bar: Bar) -> None:
        """Take in the next bar."""
        if self._end == len(self._time):
            self._begin(self.time_R, self.value_RC)
        self._time[self._end], self._value[self._end] = time, bar
        self._end += 1
