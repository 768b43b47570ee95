"""Candles a second from the scripted exchange into the store, and where the time goes.

``python benchmarks/fetch_speed.py [--symbols 8] [--bars 100000]``

The exchange is a process of its own, and its rate limit is lifted.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from functools import wraps
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from foretell.market import Order, fetched, whole
from foretell.market.committing import Committer
from foretell.sources import connection, paging
from foretell.store import Store
from scripted_exchange import START, Market, ScriptedExchange


def main(symbols: int = 8, bars: int = 100_000) -> int:
    """Fetch once, and count."""
    names = [f"C{number}/USDT" for number in range(symbols)]
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, names, bars), daemon=True
    )
    server.start()
    url = ours.recv()
    spent: dict[str, float] = {}
    _timed(Committer, "_commit", "commits to the store, beside the rest", spent)
    _timed(paging, "cleaned", "sorting and checking", spent)
    _time_ccxt(spent)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        order = Order(names, timeframe="1m", since=START, base_url=url, rate_limit=False)
        begun = time.perf_counter()
        found = whole(fetched(order, store))
        wall = time.perf_counter() - begun
        assert found.new == symbols * bars, found
    ours.send("stop")
    print(f"{found.new:,} candles in {wall:.1f} s: {found.new / wall:,.0f} candles/s")
    for what, seconds in sorted(spent.items()):
        print(f"  {what}: {seconds:.1f} s")
    return int(found.new / wall < 30_000)


def _timed(owner: Any, name: str, what: str, spent: dict[str, float]) -> None:
    plain = getattr(owner, name)

    @wraps(plain)
    def timed(*args: Any, **kwargs: Any) -> Any:
        begun = time.perf_counter()
        try:
            return plain(*args, **kwargs)
        finally:
            spent[what] = spent.get(what, 0.0) + time.perf_counter() - begun

    setattr(owner, name, timed)


def _time_ccxt(spent: dict[str, float]) -> None:
    plain = connection._gated  # noqa: SLF001

    def gated(*args: Any) -> Any:
        kind = plain(*args)
        _timed(kind, "parse_json", "ccxt: reading JSON", spent)
        _timed(kind, "parse_ohlcvs", "ccxt: rows of numbers", spent)
        return kind

    connection._gated = gated  # noqa: SLF001


def _serve(pipe: Connection, names: list[str], bars: int) -> None:
    with ScriptedExchange(
        [Market(name) for name in names], "1m", bars=bars, counts=False
    ) as exchange:
        for market in exchange.markets.values():  # rendered beforehand: its speed is not measured
            for bar in range(bars):
                exchange._row(market, bar)  # noqa: SLF001
        pipe.send(exchange.url)
        pipe.recv()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--symbols", type=int, default=8)
    parser.add_argument("--bars", type=int, default=100_000)
    given = parser.parse_args()
    raise SystemExit(main(given.symbols, given.bars))
