"""What is known in advance of the bars to come: in a history, and of a series under way.

Axes: T time, A rows ahead, H horizons, K columns known in advance, N all rows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence as Rows
from itertools import islice
from typing import NamedTuple

import numpy as np

from foretell.errors import FrameError
from foretell.series.frequency import Frequency, stamp

__all__ = ["NOTHING", "Ahead", "Coming", "windows"]

Row = tuple[int, tuple[float, ...]]


class Ahead(NamedTuple):
    """Rows after the last bar of a series, of the columns that are known in advance.

    Attributes
    ----------
    time_A : ndarray of int64, shape (A,)
        Open times in seconds since 1970.
    value_AK : ndarray of float64, shape (A, K)
    """

    time_A: np.ndarray
    value_AK: np.ndarray

    def usable(self, frequency: Frequency, last: int) -> Ahead:
        """The rows that follow a last bar without a gap in time or a missing value."""
        due_A = np.array(frequency.following(last, len(self.time_A)), dtype=np.int64)
        whole_A = (self.time_A == due_A) & np.isfinite(self.value_AK).all(axis=1)
        count = int(np.logical_and.accumulate(whole_A).sum())
        return Ahead(self.time_A[:count], self.value_AK[:count])


NOTHING = Ahead(np.empty(0, dtype=np.int64), np.empty((0, 0)))


def windows(known_TK: np.ndarray, ahead_AK: np.ndarray, horizon: int) -> np.ndarray:
    """Of every bar, what is known of the next ones.

    Beyond the last row known, that one is repeated; only the ends of training spans and of
    backtests come to that.

    Returns
    -------
    ndarray of float64, shape (T, H, K)
    """
    all_NK = np.concatenate([known_TK, ahead_AK[:horizon]]) if len(ahead_AK) else known_TK
    lacking = len(known_TK) + horizon - len(all_NK)
    padded_NK = np.concatenate([all_NK, np.repeat(all_NK[-1:], lacking, axis=0)])
    view_NKH = np.lib.stride_tricks.sliding_window_view(padded_NK[1:], horizon, axis=0)
    found: np.ndarray = view_NKH.transpose(0, 2, 1)
    return found


class Coming:
    """The rows ahead of a series under way; each step takes one off and may add others.

    Parameters
    ----------
    names : tuple of str
        The columns, as the user calls them.
    frequency : Frequency
    last : int
        Open time of the last bar taken in, in seconds since 1970.
    ahead : Ahead
        Usable rows after it.
    """

    def __init__(
        self, names: tuple[str, ...], frequency: Frequency, last: int, ahead: Ahead
    ) -> None:
        self._names = names
        self._frequency = frequency
        self._last = last
        times, values = ahead.time_A.tolist(), map(tuple, ahead.value_AK.tolist())
        self._rows: deque[Row] = deque(zip(times, values, strict=True))

    def check(self, horizon: int) -> None:
        """Refuse to go on where a bar that is to be forecast is not covered.

        Raises
        ------
        FrameError
            The message names the first one.
        """
        furthest = self._rows[-1][0] if self._rows else self._last
        self._require(len(self._rows), furthest, horizon)

    def advance(self, time: int, announced: Rows[Row], horizon: int) -> tuple[float, ...]:
        """Go on to the next bar.

        Parameters
        ----------
        time : int
            Open time of the bar.
        announced : list of tuple
            Time and values of rows that follow the furthest one so far.
        horizon : int

        Returns
        -------
        tuple of float
            Values of the bar itself, then of the `horizon` bars after it.

        Raises
        ------
        FrameError
            A row does not follow, the bar is not the next one, or a bar that is to be forecast
            is not covered. Nothing has changed then.
        """
        furthest = self._rows[-1][0] if self._rows else self._last
        for then, _ in announced:
            furthest = self._follows(then, furthest)
        due = next((then for then, _ in (*islice(self._rows, 1), *announced)), None)
        if due is not None and due != time:
            message = (
                f"the bar of {stamp(due)} was announced, and the one that came is of "
                f"{stamp(time)}; leave its row out and call predict on the whole history"
            )
            raise FrameError(message)
        self._require(len(self._rows) + len(announced) - 1, furthest, horizon)
        self._rows.extend(announced)
        own = self._rows.popleft()[1] if self._names else ()
        self._last = time
        return own + tuple(value for _, row in islice(self._rows, horizon) for value in row)

    def confirm(self, time: int, values: tuple[float, ...]) -> None:
        """Refuse a bar that comes with other values than were announced for it.

        Raises
        ------
        FrameError
        """
        announced = self._rows[0][1] if self._rows and self._rows[0][0] == time else values
        for name, before, now in zip(self._names, announced, values, strict=True):
            if before != now:
                message = (
                    f"{name} of the bar of {stamp(time)} was announced as {before} and comes as "
                    f"{now}; a column known in advance does not change: give what was announced"
                )
                raise FrameError(message)

    def rows(self) -> Ahead:
        """All rows that are left."""
        if not self._rows:
            return Ahead(NOTHING.time_A, np.empty((0, len(self._names))))
        times, values = zip(*self._rows, strict=True)
        return Ahead(np.array(times, dtype=np.int64), np.array(values))

    def _follows(self, time: int, furthest: int) -> int:
        (due,) = self._frequency.following(furthest, 1)
        if time != due:
            message = (
                f"the row of {stamp(time)} does not follow {stamp(furthest)}, the last one known; "
                f"announce the row of {stamp(due)} first, and each once"
            )
            raise FrameError(message)
        return time

    def _require(self, count: int, furthest: int, horizon: int) -> None:
        if not self._names or count >= horizon:
            return
        (missing,) = self._frequency.following(furthest, 1)
        message = (
            f"{' or '.join(self._names)} of the bar of {stamp(missing)} is not known, and a "
            f"forecast of {horizon} bars needs {horizon} rows after the last bar; add the row, "
            f"with nothing but its time and what is known of it"
        )
        raise FrameError(message)
