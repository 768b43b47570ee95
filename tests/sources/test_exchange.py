"""An exchange: its clock and its symbols, from the scripted one."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from foretell.errors import UnknownSymbol, UsageError
from foretell.sources import Exchange
from foretell.sources.connection import connect
from scripted_exchange import START, Market, ScriptedExchange


def ask(server: ScriptedExchange, action: Any, **more: Any) -> Any:
    """Enter the exchange, and do something there."""
    given = {"symbols": ["BTC/USDT"], "timeframe": "1h"} | more

    async def run() -> Any:
        async with Exchange(
            "binance", base_url=server.url, clock=server.time.clock, **{"rate_limit": False} | given
        ) as exchange:
            return await action(exchange)

    return asyncio.run(run())


@pytest.fixture
def server() -> Any:
    with ScriptedExchange([Market("BTC/USDT")], bars=30, skew=10.0, page=5) as exchange:
        yield exchange


def test_its_clock_is_never_ahead(server: ScriptedExchange) -> None:
    async def now(exchange: Exchange) -> float:
        return exchange.now()

    assert server.now() - 0.002 <= ask(server, now) <= server.now()


def test_where_it_does_not_tell_its_time_its_answers_do(
    server: ScriptedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This computer's clock is years ahead of the script's: no bar is closed by it alone."""

    def silent(*given: Any, **more: Any) -> Any:
        found = connect(*given, **more)
        found.has["fetchTime"] = False
        return found

    async def now(exchange: Exchange) -> float:
        return exchange.now()

    monkeypatch.setattr("foretell.sources.exchange.connect", silent)
    assert server.now() - 2.0 <= ask(server, now) <= server.now()
    monkeypatch.setattr("foretell.sources.exchange.told_now", lambda _: None)
    assert time.time() - 70.0 <= ask(server, now) <= time.time() - 60.0
    monkeypatch.setattr("foretell.sources.exchange.told_now", lambda _: time.time() + 999.0)
    assert ask(server, now) <= time.time() - 60.0


def test_pages(server: ScriptedExchange) -> None:
    async def page(exchange: Exchange) -> Any:
        rows = await exchange.page("BTC/USDT", START + 3_600, 3)
        return rows, exchange.requests, exchange.page_size("BTC/USDT"), exchange.has("1d")

    rows, requests, size, days = ask(server, page)
    assert [row[0] for row in rows] == [(START + bar * 3_600) * 1_000 for bar in (1, 2, 3)]
    assert tuple(rows[0][1:]) == Market("BTC/USDT").prices(1)
    assert (requests, size, days) == (1, 1_000, True)


def test_unknown_symbols_and_timeframes_name_what_there_is(server: ScriptedExchange) -> None:
    with pytest.raises(UnknownSymbol, match="nearest there: BTC/USDT"):
        ask(server, None, symbols=["BTC/USD"])
    with pytest.raises(UsageError, match=r"no timeframe '2d'; it has .*1d"):
        ask(server, None, timeframe="2d")


def test_the_limit_of_the_exchange_is_kept(server: ScriptedExchange) -> None:
    """Binance's as ccxt has it: 50 ms times the cost of a request."""

    async def many(exchange: Exchange) -> float:
        begun = time.monotonic()
        await asyncio.gather(*(exchange.page("BTC/USDT", START, 5) for _ in range(9)))
        return time.monotonic() - begun

    assert ask(server, many) < ask(server, many, rate_limit=True)
    assert ask(server, many, rate_limit=True) >= 8 * 0.05 * 0.4
