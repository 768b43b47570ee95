"""Which bars of a training span are for validation."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass

from foretell.series import Sequence

__all__ = ["Parts", "parted"]

FEWEST_BARS = 10  # of a series, in its validation part
SHARE = 0.1  # of the training span's time, at its end
# One series has few independent moves in a tenth of its time, so that luck may confirm what is
# not there; members that validate on different tenths are not all fooled alike.
BLOCKS_OF_ONE_SERIES = 3


@dataclass(frozen=True)
class Parts:
    """Where validation begins.

    Attributes
    ----------
    row_S : tuple of int
        First bar for validation of each series; its length where there is none.
    start : int
        Seconds since 1970: no series is trained on from here on, but for the earlier parts of
        one series alone.
    of_each : bool
        Whether each series has a part of its own, at its end, rather than all the same time.
    """

    row_S: tuple[int, ...]
    start: int
    of_each: bool

    def blocks(self, spans: Rows[Sequence]) -> int:
        """Validation parts; what lies before the first of them is at least as long as one."""
        if len(spans) > 1:
            return 1
        (row,), (span,) = self.row_S, spans
        return max(1, min(BLOCKS_OF_ONE_SERIES, row // (len(span) - row)))


def parted(spans: Rows[Sequence], horizon: int, fewest_before: int) -> Parts:
    """Cut at one instant, or where that leaves most series without a part, each at its end.

    What moves all series together must not be known on one side of the cut, so one instant is
    better wherever the series share their time.

    Parameters
    ----------
    spans : list of Sequence
    horizon : int
    fewest_before : int
        Bars before the validation part that a series needs to be trained on.
    """
    start = _instant(spans)
    rows = [len(span.before(start)) for span in spans]
    whole = [
        row >= fewest_before and len(span) - row >= FEWEST_BARS
        for row, span in zip(rows, spans, strict=True)
    ]
    if len(spans) == 1 or 2 * sum(whole) >= len(spans):
        return Parts(tuple(rows), start, of_each=False)
    rows = [len(span) - _tail(span, horizon, fewest_before) for span in spans]
    latest = max(int(span.time_T[row]) for row, span in zip(rows, spans, strict=True))
    return Parts(tuple(rows), latest, of_each=True)


def _tail(span: Sequence, horizon: int, fewest_before: int) -> int:
    """Last bars of one series: a tenth, but enough to hold targets at all horizons."""
    wanted = max(round(SHARE * len(span)), horizon + FEWEST_BARS)
    return max(min(wanted, len(span) - fewest_before), 1)


def _instant(spans: Rows[Sequence]) -> int:
    first = min(int(span.time_T[0]) for span in spans)
    last = max(int(span.time_T[-1]) for span in spans)
    start = last - round((last - first) * SHARE)
    if all(len(span) - len(span.before(start)) < FEWEST_BARS for span in spans):
        # A long halt lies there: then the last bars of the longest series, wherever they are.
        longest = max(spans, key=len)
        start = int(longest.time_T[-round(len(longest) * SHARE)])
    return start
