"""One writer for many symbols: pages that wait at the same time are stored in one commit."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import NamedTuple

import polars as pl

from foretell.errors import StoreLocked
from foretell.market.results import Tell, unheard
from foretell.sources import Page
from foretell.store import Gap, Store, Written

__all__ = ["Committer"]

LOCKED_PAUSE, LOCKED_LONGEST = 0.05, 3_600.0  # seconds while another process writes to the store


class _Waiting(NamedTuple):
    """A page, and who waits until it is stored."""

    symbol: str
    page: Page
    stored: asyncio.Future[None]


class Committer:
    """Stores pages.

    A symbol's next page is asked for when the one before is stored. So at most one page of each
    symbol is lost when the process is killed, and while one commit is under way the pages of other
    symbols gather for the next.

    Parameters
    ----------
    store : Store
    exchange, timeframe : str
    tell : callable, optional
        Called with a sentence where another process writes to the store, which is waited for.
    beside : bool, optional
        Whether a commit is made in a thread, beside requests. Where nothing is waited for but
        this, it is sooner done without.

    Attributes
    ----------
    written : Written
        What has become of all candles so far.
    """

    def __init__(
        self,
        store: Store,
        exchange: str,
        timeframe: str,
        tell: Tell = unheard,
        *,
        beside: bool = True,
    ) -> None:
        self._store, self._exchange, self._timeframe = store, exchange, timeframe
        self._tell, self._beside = tell, beside
        self.written = Written(0, 0, 0, None)
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self, symbol: str, page: Page) -> None:
        """Store a page; it is safe when this returns.

        Raises
        ------
        StoreError
            The store cannot be written.
        """
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(symbol, page, stored))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        await stored

    async def finish(self) -> None:
        """Wait until nothing is being written, also after a failure or an interrupt."""
        while self._task is not None and not self._task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.shield(self._task)

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._committed(batch)
            except Exception as error:  # noqa: BLE001 - whoever waits raises it
                for each in batch:
                    if not each.stored.done():
                        each.stored.set_exception(error)
            else:
                for each in batch:
                    if not each.stored.done():
                        each.stored.set_result(None)

    async def _committed(self, batch: list[_Waiting]) -> None:
        """Commit when no other process does; what was fetched is kept meanwhile."""
        waited = 0.0
        while True:
            try:
                if self._beside:
                    await asyncio.to_thread(self._commit, batch)
                else:
                    self._commit(batch)
            except StoreLocked as error:
                if waited >= LOCKED_LONGEST:
                    raise
                if not waited:
                    self._tell(f"{error}; waiting")
            else:
                return
            await asyncio.sleep(LOCKED_PAUSE)
            waited += LOCKED_PAUSE

    def _commit(self, batch: list[_Waiting]) -> None:
        with self._store.writing():
            self._write(batch)

    def _write(self, batch: list[_Waiting]) -> None:
        """Gaps first: where the process is killed in between, they are not looked for again."""
        gaps = [
            Gap(self._exchange, each.symbol, self._timeframe, *hole)
            for each in batch
            for hole in each.page.holes
        ]
        if gaps:
            self._store.note_gaps(gaps)
        frames = [each.page.candles for each in batch if len(each.page.candles)]
        if frames:
            done = self._store.write(pl.concat(frames), self._exchange, self._timeframe)
            before = self.written
            self.written = Written(
                before.new + done.new, before.revised + done.revised,
                before.unchanged + done.unchanged, done.seen or before.seen,
            )  # fmt: skip
