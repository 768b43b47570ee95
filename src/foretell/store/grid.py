"""The grid that all candles of a series lie on.

Steps of up to an hour begin on the full step of UTC. Longer ones may begin elsewhere (a week on
Monday or Thursday, a day at 16:00), but all candles of a series on the same grid.
"""

from __future__ import annotations

import numpy as np

from foretell.errors import FrameError
from foretell.series import Frequency, frequency, stamp

__all__ = ["check_grid"]

HOUR = 3_600


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
