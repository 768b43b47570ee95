"""A series followed: fetched again whenever a bar has closed, for good."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from typing import Self

from foretell.errors import ExchangeError, StoreLocked
from foretell.market.fetching import fetched_from
from foretell.market.order import Order
from foretell.market.planning import last_closed
from foretell.market.results import Fetched, Plan
from foretell.series import frequency
from foretell.sources import Exchange, Span
from foretell.store import Store

__all__ = ["Following"]

MARGIN = 2.0  # seconds after a bar has closed until it is asked for
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0  # between attempts where it is not there, or nobody answers
LOCKED_PAUSE, LOCKED_LONGEST = 0.05, 120.0  # while another process writes to the store


class Following:
    """An exchange that is asked again and again, to be used in ``async with``.

    Parameters
    ----------
    order : Order
        Without an end.
    store : Store
        Locked only while something is written, so that several may follow into the same.
    tell : callable
        Called with a sentence where something goes wrong, or takes time.

    Raises
    ------
    ExchangeError, UnknownSymbol
        At the beginning; later an exchange that does not answer is waited for.
    """

    def __init__(self, order: Order, store: Store, tell: Callable[[str], None]) -> None:
        self._order, self._store, self._tell = order.checked(), store, tell
        self._step = frequency(order.timeframe)
        self._open = AsyncExitStack()
        self._exchange: Exchange | None = None
        self._ahead = 0.0  # of the exchange's clock, when it last answered
        self._pause = FIRST_PAUSE
        self._ended = False
        self._last: list[int | None] = [None]  # open time of the last candle, by symbol

    async def __aenter__(self) -> Self:
        await self._connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def now(self) -> float:
        """The exchange's time in seconds since 1970."""
        return self._order.clock.now() + self._ahead

    async def fetches(self) -> AsyncGenerator[int]:
        """Fetch after every bar that closes; yield how many candles were new or revised."""
        while True:
            asked = self.now()
            news = await self._fetched()
            if news is not None:
                yield news
            await self._order.clock.sleep(self._wait(asked, news or 0))

    async def _fetched(self) -> int | None:
        """None where the exchange did not answer."""
        try:
            exchange = self._exchange or await self._connect()
            await self._synchronise(exchange)
            found = await self._stored(exchange)
        except ExchangeError as error:
            self._tell(f"{error}; trying again in {self._pause:.0f} s")
            await self._disconnect()
            return None
        return found

    async def _stored(self, exchange: Exchange) -> int:
        waited = 0.0
        while True:
            try:
                found = await fetched_from(exchange, self._plans(exchange), self._store)
            except StoreLocked as error:
                if waited >= LOCKED_LONGEST:
                    raise
                if not waited:
                    self._tell(f"{error}; waiting")
            else:
                self._last = [each.last for each in found.symbols]
                self._tell_of_end(found)
                return found.new + found.revised
            await self._order.clock.sleep(LOCKED_PAUSE)
            waited += LOCKED_PAUSE

    def _plans(self, exchange: Exchange) -> list[Plan]:
        """All that is missing at first; then what follows the last candle, with that once more."""
        if any(last is None for last in self._last):
            return self._order.plans(self._store, exchange)
        closed = last_closed(exchange.now(), self._step)
        return [
            Plan(symbol, (Span(last, closed, last),), self._step.bars(last, closed), 1)
            for symbol, last in zip(self._order.symbols, self._last, strict=True)
            if last is not None
        ]

    def _tell_of_end(self, found: Fetched) -> None:
        """Once, until candles come again."""
        ended = any(each.delisted for each in found.symbols)
        if ended and not self._ended:
            self._tell("delisted: no candles are given any more; waiting for them to come back")
        self._ended = ended

    def _wait(self, asked: float, news: int) -> float:
        """Seconds until the next bar has closed, or less where one that has closed is missing."""
        until_close = max(self._closes(asked) + MARGIN - self.now(), 0.0)
        if news:
            self._pause = FIRST_PAUSE
            return until_close
        pause, self._pause = self._pause, min(2.0 * self._pause, LONGEST_PAUSE)
        return min(pause, until_close)

    def _closes(self, moment: float) -> float:
        """When the first bar of all symbols closes after a moment."""
        coming = [math.inf]
        for last in self._last:
            if last is not None:
                ahead = self._step.following(last, self._step.bars(last, int(moment)) + 2)
                coming.append(next(time for time in ahead if time > moment))
        return min(coming)

    async def _connect(self) -> Exchange:
        self._exchange = await self._open.enter_async_context(self._order.opened(self._tell))
        await self._synchronise(self._exchange)
        return self._exchange

    async def _synchronise(self, exchange: Exchange) -> None:
        await exchange.synchronise()
        self._ahead = exchange.now() - self._order.clock.now()

    async def _disconnect(self) -> None:
        self._exchange = None
        await self._open.aclose()
        self._open = AsyncExitStack()
