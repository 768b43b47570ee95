"""Pages of many symbols, few commits."""

from __future__ import annotations

import asyncio
from typing import Any

import polars as pl
import pytest

from foretell.errors import FrameError
from foretell.market.committing import Committer
from foretell.sources import WITHIN, Hole, Page
from foretell.store import Store

START = 1_704_067_200


def page_of(name: str, bar: int, holes: list[Hole] | None = None, high: float = 3.0) -> Page:
    time = pl.Series("time", [(START + bar * 3_600) * 10**6]).cast(pl.Datetime("us", "UTC"))
    frame = pl.DataFrame([pl.Series("series", [name]), time])
    candles = frame.with_columns(open=2.0, high=high, low=1.0, close=2.0, volume=1.0)
    return Page(candles, holes or [], 0)


def test_what_waits_together_is_stored_together(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    plain = Committer._commit

    def commit(self: Committer, batch: list[Any]) -> None:
        batches.append(len(batch))
        plain(self, batch)

    monkeypatch.setattr(Committer, "_commit", commit)

    async def run() -> Committer:
        committer = Committer(store, "binance", "1h")
        await asyncio.gather(
            *(committer.put(f"C{n}/USDT", page_of(f"C{n}/USDT", 0)) for n in range(5))
        )
        await committer.finish()
        return committer

    assert asyncio.run(run()).written[:3] == (5, 0, 0)
    assert batches == [5]
    assert len(store.series()) == 5


def test_gaps_come_before_candles(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    for name in ("note_gaps", "write"):
        plain = getattr(store, name)
        monkeypatch.setattr(
            store, name, lambda *args, _n=name, _p=plain: (order.append(_n), _p(*args))[1]
        )

    async def run() -> None:
        hole = Hole(START - 3_600, START - 3_600, WITHIN)
        await Committer(store, "binance", "1h").put("A/B", page_of("A/B", 0, [hole]))

    asyncio.run(run())
    assert order == ["note_gaps", "write"]
    assert store.gaps()["bars"].to_list() == [1]


def test_a_failure_is_told_to_all_who_wait(store: Store) -> None:
    async def run() -> list[Any]:
        committer = Committer(store, "binance", "1h")
        waiting = (
            committer.put("A/B", page_of("A/B", 0)),
            committer.put("C/D", page_of("C/D", 0, high=0.1)),
        )
        return await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(each) for each in asyncio.run(run())] == [FrameError, FrameError]
    assert store.series().is_empty()
