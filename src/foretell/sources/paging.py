"""The page loop: from the first bar of a span to the last, whatever the answers look like.

The next page begins after the last candle that came, never where the last page should have ended:
so a short page costs a request and loses nothing. A bar counts as missing only where a later candle
proves that the exchange has gone on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from foretell.series import Frequency, frequency, on_grid_from, runs, stamps
from foretell.sources.candles import Cleaned, cleaned, frame_of
from foretell.sources.exchange import Exchange

__all__ = ["EARLIER", "REASONS", "UNUSABLE", "WITHIN", "Hole", "Page", "Span", "pages"]

EARLIER = "no earlier candles at the exchange"
WITHIN = "no candles at the exchange"
UNUSABLE = "a candle that cannot be at the exchange"
REASONS = (EARLIER, WITHIN, UNUSABLE)

EMPTY, STALE = 3, 6  # answers without a candle, or with none but old ones, that are believed
DAY = 86_400


class Span(NamedTuple):
    """Bars to fetch, all of them closed.

    Attributes
    ----------
    first, last : int
        Seconds since 1970: no bar opens before the one or after the other.
    before, after : int or None
        The nearest candles that are there already, where there are.
    """

    first: int
    last: int
    before: int | None = None
    after: int | None = None


class Hole(NamedTuple):
    """Bars that the exchange does not have: open times of the first and the last, and why."""

    first: int
    last: int
    reason: str


class Page(NamedTuple):
    """What one answer brought.

    Attributes
    ----------
    candles : polars.DataFrame
        In foretell's frame format; without rows where only holes were found.
    holes : list of Hole
    position : int
        Where the next page begins, in seconds since 1970.
    """

    candles: pl.DataFrame
    holes: list[Hole]
    position: int


async def pages(exchange: Exchange, symbol: str, span: Span) -> AsyncIterator[Page]:
    """Fetch a span of one symbol.

    Yields
    ------
    Page
        In order of time. They end before the end of the span where the exchange has no more.
    """
    walk = _Walk(exchange, symbol, span)
    while (page := await walk.page()) is not None:
        yield page


class _Walk:
    """Where the loop is: what it asks for next, and up to which bar all is accounted for."""

    def __init__(self, exchange: Exchange, symbol: str, span: Span) -> None:
        self.exchange, self.symbol, self.span = exchange, symbol, span
        self.step = frequency(exchange.timeframe)
        self.size = exchange.page_size(symbol)
        self.position = span.first
        self.settled = span.before
        self.begun = span.before is not None

    async def page(self) -> Page | None:
        """The next page; None where there are no more."""
        seen = Counter[int]()
        while self.position <= self.span.last:
            rows = await self._rows()
            found = cleaned(rows, self.position, self.span.last, self.step)
            if found.goes_on or len(found.time_T) or len(found.unusable_B):
                return self._taken(found)
            kind = STALE if rows else EMPTY
            seen[kind] += 1
            if seen[kind] >= kind:
                ahead = await self._ahead()
                if ahead is None:
                    break
                self.position, seen = ahead, Counter()
        if self.position > self.span.last or self.span.after is None:
            return None
        return self._taken(cleaned([], 0, 0, self.step)._replace(goes_on=True))

    async def _rows(self) -> list[list[Any]]:
        # one more than fit into the span: it shows that the exchange goes on behind it
        fit = (self.span.last - self.position) // self.step.seconds + 2
        return await self.exchange.page(self.symbol, self.position, min(self.size, fit))

    def _taken(self, found: Cleaned) -> Page:
        seen = [*found.time_T[-1:].tolist(), *found.unusable_B[-1:].tolist()]
        end = self.span.last if found.goes_on else max(seen)
        holes = self._holes(found, end)
        self.begun = self.begun or len(found.time_T) > 0
        if found.goes_on:
            self.position = self.span.last + 1
        else:
            self.settled = end if self.begun else None
            self.position = self.step.following(end, 1)[0]
        return Page(frame_of(self.symbol, found), holes, self.position)

    def _holes(self, found: Cleaned, end: int) -> list[Hole]:
        """Bars that are missing between what is accounted for and an end."""
        anchors = [*found.time_T[:1].tolist(), self.settled, self.span.after]
        anchor = next((each for each in anchors if each is not None), None)
        if anchor is None:  # nothing but an open bar, or what cannot be: no candle yet
            return []
        since = self.span.first if self.settled is None else self.settled + 1
        expected = stamps(on_grid_from(since, anchor, self.step), end, self.step)
        missing = expected[~np.isin(expected, found.time_T)]
        listed = int(found.time_T[0]) if len(found.time_T) else end + 1
        return _told(missing, found.unusable_B, self.step, since if self.begun else listed)

    async def _ahead(self) -> int | None:
        """Where candles go on after a place without any, found with candles of whole days.

        Some exchanges answer for a window and not from a time on: where it is empty nothing
        follows from that.
        """
        window = self.position + self.size * self.step.seconds
        day = self.position - self.position % DAY
        if self.step.seconds >= DAY or window < day + DAY or not self.exchange.has("1d"):
            return window if window <= self.span.last else None
        for at in range(day + DAY, self.span.last + 1, self.size * DAY):
            rows = await self.exchange.page(self.symbol, at, self.size, "1d")
            days = cleaned(rows, at, self.span.last, frequency("1d")).time_T
            if len(days):
                return int(days[0])
        return None


def _told(missing: np.ndarray, unusable_B: np.ndarray, step: Frequency, begin: int) -> list[Hole]:
    """Holes with their reasons; before the beginning nothing was listed."""
    bad = np.isin(missing, unusable_B)
    parts = (
        (EARLIER, missing[~bad & (missing < begin)]),
        (WITHIN, missing[~bad & (missing >= begin)]),
        (UNUSABLE, missing[bad]),
    )
    return sorted(
        Hole(int(kept[run][0]), int(kept[run][-1]), reason)
        for reason, kept in parts
        for run in runs(kept, step)
    )
