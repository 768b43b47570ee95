"""Rolling origins: which bars are forecast from, and what may be known at the fit before them.

Axes: T instants.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass

import numpy as np

from foretell.errors import ShortHistory, UsageError
from foretell.series import Sequence, stamp

__all__ = ["Fold", "folds", "forecast_in", "known", "long_enough"]

FEWEST_BARS = 120  # of a series before a fold; with less, nobody's volatility means anything


@dataclass(frozen=True)
class Fold:
    """The origins between two fits. Times are in seconds since 1970.

    Attributes
    ----------
    number : int
        From 0.
    since, until : int
        Begin, and exclusive end, of everything that is fitted.
    start, end : int
        First origin, and the instant that no origin reaches.
    """

    number: int
    since: int
    until: int
    start: int
    end: int


def folds(
    rows: Rows[Sequence], start: int, refit: int | None, embargo: int = 0, window: int | None = None
) -> list[Fold]:
    """Cut the origins from an instant on.

    Training targets that reach beyond `Fold.until` are unknown to a fit, because the bars that
    they come from are not handed to it: that is the purge, and it needs no argument.

    Parameters
    ----------
    rows : list of Sequence
    start : int
        Every bar from here on is an origin.
    refit : int or None
        Instants between two fits; None for a single fit before `start`.
    embargo : int
        Instants before an origin's fold that are not learned from either.
    window : int or None
        Instants that are learned from at most; None for all.

    Raises
    ------
    UsageError
        `refit`, `embargo` or `window` cannot be meant.
    ShortHistory
        No bar opens at or after `start`, or none is left before it.
    """
    if refit is not None and refit < 1:
        message = f"refit is {refit}; give a number of bars from 1, or None to fit once"
        raise UsageError(message)
    if embargo < 0:
        message = f"embargo is {embargo}; give a number of bars from 0"
        raise UsageError(message)
    if window is not None and window < 1:
        message = f"window is {window}; give a number of bars from 1, or None for all"
        raise UsageError(message)
    instants_T = np.unique(np.concatenate([row.time_T for row in rows]))
    first = int(np.searchsorted(instants_T, start))
    if first == len(instants_T):
        message = (
            f"no bar opens from {stamp(start)} on, the last one on {stamp(instants_T[-1])}; "
            f"give an earlier start"
        )
        raise ShortHistory(message)
    if first <= embargo:
        message = f"no bar is left to train on before {stamp(start)}; give a later start"
        raise ShortHistory(message)
    step = refit or len(instants_T)
    begins = range(first, len(instants_T), step)
    after = int(instants_T[-1]) + 1
    return [
        Fold(
            number=number,
            since=int(instants_T[max(begin - embargo - window, 0) if window else 0]),
            until=int(instants_T[begin - embargo]),
            start=int(instants_T[begin]),
            end=int(instants_T[begin + step]) if begin + step < len(instants_T) else after,
        )
        for number, begin in enumerate(begins)
    ]


def known(rows: Rows[Sequence], fold: Fold, horizon: int) -> list[Sequence]:
    """What a fold may see: the bars before its end, of series with enough of them.

    A series that has ended by then is among them: what is learned from must not hang on who is
    still there later.

    Parameters
    ----------
    rows : list of Sequence
        Whole histories.
    fold : Fold
    horizon : int

    Returns
    -------
    list of Sequence
        Series with at least 120 bars plus the horizon to learn from.
    """
    seen = []
    for row in rows:
        upto = row.before(fold.end)
        kept = upto.tail(len(upto) - len(row.before(fold.since)))
        if long_enough(len(kept.before(fold.until)), horizon):
            seen.append(kept)
    return seen


def forecast_in(rows: Rows[Sequence], fold: Fold) -> list[Sequence]:
    """Series with at least one origin in the fold."""
    return [row for row in rows if len(row.before(fold.start)) < len(row.before(fold.end))]


def long_enough(bars: int, horizon: int) -> bool:
    """Whether so many bars are enough to be learned from."""
    return bars >= FEWEST_BARS + horizon
