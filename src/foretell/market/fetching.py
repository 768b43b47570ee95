"""`ft.fetch`: candles from an exchange into the store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from foretell.errors import UnknownSymbol
from foretell.market.committing import Committer
from foretell.market.order import Order
from foretell.market.results import (
    Fetched,
    FetchedSymbol,
    Plan,
    Report,
    Tell,
    silent,
    unheard,
)
from foretell.market.running import whole
from foretell.series import frequency
from foretell.sources import Exchange, pages
from foretell.store import Store

__all__ = ["fetch", "fetched", "fetched_from", "plans"]

AT_ONCE = 8  # symbols; a few hide the time that an answer is under way


def fetch(
    symbols: str | Iterable[str],
    exchange: str = "binance",
    timeframe: str = "1h",
    since: Any = None,
    until: Any = None,
    *,
    store: Store | None = None,
    base_url: str | None = None,
    refresh: bool = False,
    report: Report = silent,
) -> Fetched:
    """Fetch candles into the store: closed ones that are missing there.

    What is stored stays stored if this is broken off; the same call goes on from there.

    Parameters
    ----------
    symbols : str or iterable of str
        As ccxt writes them, such as ``"BTC/USDT"``.
    exchange : str, optional
        One of ccxt's.
    timeframe : str, optional
    since : time, optional
        By default the first candle stored, or as early as the exchange has any.
    until : time, optional
        Exclusive. By default now, by the exchange's clock.
    store : Store, optional
    base_url : str, optional
        Scheme and host of a mirror, a test network or a proxy, asked in the exchange's place.
    refresh : bool, optional
        Fetch again what is stored, to see what has been revised.
    report : callable, optional
        Called with ``("fetching", done, planned)``, in bars, for every page.

    Raises
    ------
    ExchangeError
        The exchange refuses, or does not answer.
    UnknownSymbol
        It does not list a symbol; nothing was fetched.
    StoreError
        The store cannot be written.

    Examples
    --------
    >>> fetch("BTC/USDT", since="2024-01-01")
    Fetched(new=17520, revised=0, unchanged=0, ...)
    """
    order = Order(symbols, exchange, timeframe, since, until, base_url, refresh)
    return whole(fetched(order, store or Store(), report, unheard))


async def plans(order: Order, store: Store, tell: Tell = unheard) -> tuple[list[Plan], float]:
    """What would be fetched, and the seconds that the requests take by the exchange's limit."""
    order = order.checked()
    async with order.opened(tell) as exchange:
        found = order.plans(store, exchange)
        return found, sum(plan.requests for plan in found) * exchange.seconds_per_request


async def fetched(
    order: Order, store: Store, report: Report = silent, tell: Tell = unheard
) -> Fetched:
    """Fetch what is missing, several symbols at a time."""
    order = order.checked()
    with store.writing():
        async with order.opened(tell) as exchange:
            return await fetched_from(exchange, order.plans(store, exchange), store, report)


async def fetched_from(
    exchange: Exchange,
    todo: list[Plan],
    store: Store,
    report: Report = silent,
    tell: Tell = unheard,
) -> Fetched:
    """Fetch what was planned from an exchange that is open."""
    committer = Committer(store, exchange.name, exchange.timeframe, tell, beside=len(todo) > 1)
    work = _Work(exchange, committer, todo, report)
    try:
        found = await work.all()
    finally:
        await committer.finish()
    new, revised, unchanged, _ = committer.written
    return Fetched(new, revised, unchanged, exchange.requests, found)


class _Work:
    """Symbols being fetched side by side."""

    def __init__(
        self, exchange: Exchange, committer: Committer, todo: list[Plan], report: Report
    ) -> None:
        self._exchange, self._committer, self._todo = exchange, committer, todo
        self._report = report
        self._step = frequency(exchange.timeframe).seconds
        self._done = 0
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def all(self) -> list[FetchedSymbol]:
        """Fetch every symbol; the first error ends all."""
        self._advance(0)
        tasks = [asyncio.create_task(self._symbol(plan)) for plan in self._todo]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _symbol(self, plan: Plan) -> FetchedSymbol:
        found = FetchedSymbol(plan.symbol)
        async with self._slots:
            try:
                await self._spans(plan, found)
            except UnknownSymbol:  # although it stood on the list when all began
                found.delisted = True
        return found

    async def _spans(self, plan: Plan, found: FetchedSymbol) -> None:
        for span in plan.spans:
            position, found.last = span.first, span.before
            async for page in pages(self._exchange, plan.symbol, span):
                await self._committer.put(plan.symbol, page)
                found.candles += len(page.candles)
                found.holes += page.holes
                if len(page.candles):
                    found.last = int(page.candles["time"].dt.epoch("s")[-1])
                self._advance((page.position - position) // self._step)
                position = page.position
            found.ended = position <= span.last
            self._advance(max((span.last + 1 - position) // self._step, 0))

    def _advance(self, bars: int) -> None:
        self._done += bars
        planned = sum(plan.bars for plan in self._todo)
        self._report("fetching", min(self._done, planned), planned)
