"""A series followed: fetched again whenever a bar has closed, for good."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from typing import Self

from foretell.errors import ExchangeError, ExchangeRefused, UnknownSymbol
from foretell.market.fetching import fetched_from
from foretell.market.order import Order
from foretell.market.planning import last_closed
from foretell.market.results import Plan, Report, Tell, silent
from foretell.series import frequency
from foretell.sources import Exchange, Span
from foretell.store import Store

__all__ = ["Following", "caught_up"]

MARGIN = 2.0  # seconds after a bar has closed until it is asked for
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0  # between attempts where it is not there, or nobody answers


async def caught_up(order: Order, store: Store, report: Report, tell: Tell) -> None:
    """Fetch what is missing until now; other processes may write to the store meanwhile."""
    async with (
        Following(order, store, tell, report) as following,
        aclosing(following.fetches()) as fetches,
    ):
        await anext(fetches)


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
    report : callable, optional
        Called with ``("fetching", done, planned)`` for every page of the first fetch.
    """

    def __init__(self, order: Order, store: Store, tell: Tell, report: Report = silent) -> None:
        self._order, self._store, self._tell = order.checked(), store, tell
        self._report = report
        self._step = frequency(order.timeframe)
        self._open = AsyncExitStack()
        self._exchange: Exchange | None = None
        self._ahead = 0.0  # of the exchange's clock, when it last answered
        self._asked = 0.0  # by its clock, when it was last asked for candles
        self._pause = FIRST_PAUSE
        self._begun = self._ended = False  # the first fetch is done; nothing is given any more
        self._last = [self._last_stored(symbol) for symbol in self._order.symbols]

    def _last_stored(self, symbol: str) -> int | None:
        """Open time of the last candle."""
        times = self._store.times(self._order.exchange, symbol, self._order.timeframe)
        return int(times[-1]) if len(times) else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def now(self) -> float:
        """The exchange's time in seconds since 1970, once it has been fetched from."""
        return self._order.clock.now() + self._ahead

    async def fetches(self) -> AsyncGenerator[int]:
        """Fetch after every bar that closes; yield how many candles were new or revised.

        An exchange that does not answer, or does not list a symbol any more, is waited for.

        Raises
        ------
        ExchangeRefused
            At the beginning: it does not serve this country or key.
        ExchangeError, UnknownSymbol
            At the beginning, where nothing is stored of a symbol: it may be misspelt.
        StoreError
            The store cannot be written.
        """
        while True:
            news = await self._fetched()
            if news is not None:
                yield news
            await self._order.clock.sleep(self._wait(news))

    async def _fetched(self) -> int | None:
        """None where the exchange did not answer."""
        try:
            exchange = self._exchange or await self._connect()
            await exchange.synchronise()
            self._ahead = exchange.now() - self._order.clock.now()
            self._asked = self.now()
            found = await fetched_from(
                exchange, self._plans(exchange), self._store, self._report, self._tell
            )
        except (ExchangeError, UnknownSymbol) as error:
            await self._disconnect()
            if not self._begun and (isinstance(error, ExchangeRefused) or None in self._last):
                raise
            self._tell_why(error)
            return None
        self._begun, self._report = True, silent
        self._last = [
            last if each.last is None else each.last
            for each, last in zip(found.symbols, self._last, strict=True)
        ]
        self._tell_of_end(ended=any(each.delisted for each in found.symbols))
        return found.new + found.revised

    def _plans(self, exchange: Exchange) -> list[Plan]:
        """All that is missing at first; then what follows the last candle, with that once more."""
        if not self._begun or None in self._last:
            return self._order.plans(self._store, exchange)
        closed = last_closed(exchange.now(), self._step)
        return [
            Plan(symbol, (Span(last, closed, last),), self._step.bars(last, closed), 1)
            for symbol, last in zip(self._order.symbols, self._last, strict=True)
            if last is not None
        ]

    def _tell_why(self, error: Exception) -> None:
        if isinstance(error, UnknownSymbol):
            self._tell_of_end(ended=True)
        else:
            self._tell(f"{error}; trying again in {self._pause:.0f} s")

    def _tell_of_end(self, *, ended: bool) -> None:
        """Once, until candles come again."""
        if ended and not self._ended:
            self._tell("delisted: no candles are given any more; waiting for them to come back")
        self._ended = ended

    def _wait(self, news: int | None) -> float:
        """Seconds until the next bar has closed, or less where one that has closed is missing."""
        is_complete = news is not None and self._is_complete()
        if news or is_complete:
            self._pause = FIRST_PAUSE
        if is_complete:
            return self._until_close()
        pause, self._pause = self._pause, min(2.0 * self._pause, LONGEST_PAUSE)
        return pause if news is None else min(pause, self._until_close())

    def _is_complete(self) -> bool:
        """Whether all is there that had closed when it was asked for."""
        return all(
            last is not None and self._step.following(last, 2)[1] > self._asked
            for last in self._last
        )

    def _until_close(self) -> float:
        """Seconds until the first bar of all symbols has closed since it was asked for."""
        coming = [math.inf]
        for last in self._last:
            if last is not None:
                ahead = self._step.following(last, self._step.bars(last, int(self._asked)) + 2)
                coming.append(next(time for time in ahead if time > self._asked))
        return max(min(coming) + MARGIN - self.now(), 0.0)

    async def _connect(self) -> Exchange:
        self._exchange = await self._open.enter_async_context(self._order.opened(self._tell))
        return self._exchange

    async def _disconnect(self) -> None:
        self._exchange = None
        await self._open.aclose()
        self._open = AsyncExitStack()
