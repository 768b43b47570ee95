"""A series followed: fetched when a bar has closed, through outages and a store in use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from foretell.errors import ExchangeError, StoreLocked
from foretell.market import Following, Order
from foretell.market import following as module
from foretell.sources import Patience
from foretell.store import Store
from scripted_exchange import START, Market, ScriptedExchange

HASTY = Patience(attempts=2, first=0.001, timeout=0.1)
HOUR = 3_600


async def followed(
    exchange: ScriptedExchange, store: Store, rounds: int, told: list[str] | None = None,
    between: Callable[[int], Any] = lambda _: None,
) -> list[int]:  # fmt: skip
    """News of so many rounds; where somebody waits, the exchange's time goes on."""
    order = Order(
        "BTC/USDT", since=START, base_url=exchange.url, clock=exchange.time.clock,
        patience=HASTY, rate_limit=False,
    )  # fmt: skip
    found: list[int] = []
    async with (
        Following(order, store, (told if told is not None else []).append) as following,
        aclosing(following.fetches()) as fetches,
    ):
        async for news in fetches:
            found.append(news)
            between(len(found))
            if len(found) == rounds:
                return found
    raise AssertionError


@pytest.fixture
def exchange() -> Any:
    with ScriptedExchange([Market("BTC/USDT")], bars=20) as exchange:
        yield exchange


def test_history_comes_first_and_then_a_bar_an_hour(
    exchange: ScriptedExchange, store: Store, rows: Callable[..., Any]
) -> None:
    begun = exchange.time.passed
    assert asyncio.run(followed(exchange, store, 6)) == [20, 1, 1, 1, 1, 1]
    assert rows(store) == exchange.truth("BTC/USDT")
    assert exchange.time.passed - begun == pytest.approx(4.5 * HOUR + 2.0, abs=1.0)


def test_a_bar_is_asked_for_soon_after_it_has_closed(
    exchange: ScriptedExchange, store: Store
) -> None:
    moments: list[float] = []
    asyncio.run(
        followed(exchange, store, 4, between=lambda _: moments.append(exchange.now() % HOUR))
    )
    assert all(module.MARGIN <= moment < module.MARGIN + 1.0 for moment in moments[1:])


def test_an_exchange_that_does_not_answer_is_waited_for(
    exchange: ScriptedExchange, store: Store, rows: Callable[..., Any]
) -> None:
    told: list[str] = []

    def break_off(round_: int) -> None:
        if round_ == 2:
            exchange.script.extend(["500"] * 12)

    found = asyncio.run(followed(exchange, store, 5, told, break_off))
    assert sum(found) == len(exchange.truth("BTC/USDT"))
    assert rows(store) == exchange.truth("BTC/USDT")
    assert any("trying again in 2 s" in line for line in told)
    assert any("trying again in 4 s" in line for line in told)


def test_an_exchange_that_does_not_answer_at_first_is_an_error(
    exchange: ScriptedExchange, store: Store
) -> None:
    exchange.script.extend(["500"] * 12)
    with pytest.raises(ExchangeError, match="run the same command again"):
        asyncio.run(followed(exchange, store, 1))


def test_a_store_in_use_is_waited_for(exchange: ScriptedExchange, tmp_path: Path) -> None:
    other, told = Store(tmp_path / "store"), list[str]()

    async def run() -> list[int]:
        with other.writing():
            task = asyncio.create_task(followed(exchange, Store(tmp_path / "store"), 1, told))
            await asyncio.sleep(0.3)
        return await task

    assert asyncio.run(run()) == [20]
    assert len(told) == 1
    assert "writing to the store" in told[0]


def test_a_store_in_use_for_good_is_an_error(
    exchange: ScriptedExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCKED_LONGEST", 0.2)
    with Store(tmp_path / "store").writing(), pytest.raises(StoreLocked):
        asyncio.run(followed(exchange, Store(tmp_path / "store"), 1))


def test_a_revised_candle_is_news(exchange: ScriptedExchange, store: Store) -> None:
    def revise(_: int) -> None:
        exchange.markets["BTCUSDT"].revised.add(19)

    assert asyncio.run(followed(exchange, store, 2, between=revise)) == [20, 2]


def test_a_delisting_is_told_once(store: Store) -> None:
    told: list[str] = []
    market = Market("BTC/USDT", delisted_after=2)
    with ScriptedExchange([market], bars=20) as exchange:
        asyncio.run(followed(exchange, store, 6, told))
    assert len([line for line in told if "delisted" in line]) == 1
