"""A series followed: fetched when a bar has closed, through outages and a store in use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from foretell.errors import ExchangeError, ExchangeRefused, StoreLocked, UnknownSymbol
from foretell.market import Following, Order, caught_up, committing
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


def test_an_exchange_that_does_not_answer_at_a_restart_is_waited_for(
    exchange: ScriptedExchange, store: Store, rows: Callable[..., Any]
) -> None:
    asyncio.run(followed(exchange, store, 1))
    told: list[str] = []
    exchange.time.passed += 2 * HOUR
    exchange.script.extend(["500"] * 6)
    assert asyncio.run(followed(exchange, store, 1, told)) == [2]
    assert rows(store) == exchange.truth("BTC/USDT")
    assert any("trying again in 2 s" in line for line in told)


def test_an_exchange_that_refuses_at_a_restart_is_an_error(
    exchange: ScriptedExchange, store: Store
) -> None:
    asyncio.run(followed(exchange, store, 1))
    exchange.script.append("451")
    with pytest.raises(ExchangeRefused, match="give a mirror"):
        asyncio.run(followed(exchange, store, 1))


def test_after_a_restart_with_nothing_missing_the_next_bar_is_asked_for_soon(
    exchange: ScriptedExchange, store: Store
) -> None:
    asyncio.run(followed(exchange, store, 1))
    moments: list[float] = []
    found = asyncio.run(
        followed(exchange, store, 2, between=lambda _: moments.append(exchange.now() % HOUR))
    )
    assert found == [0, 1]
    assert module.MARGIN <= moments[1] < module.MARGIN + 1.0


def test_a_revision_does_not_hide_that_the_bar_itself_is_not_there_yet(
    exchange: ScriptedExchange, store: Store
) -> None:
    """Its page came too early, but the candle before it was revised already."""

    market, moments = exchange.markets["BTCUSDT"], list[float]()

    def note(round_: int) -> None:
        moments.append(exchange.now() % HOUR)
        if round_ == 2:
            market.revised.add(20)
            market.outages.append((21, 21))
        if round_ == 3:
            market.outages.clear()

    assert asyncio.run(followed(exchange, store, 4, between=note)) == [20, 1, 1, 1]
    assert moments[3] - moments[2] == pytest.approx(module.FIRST_PAUSE, abs=1.0)


def test_a_store_in_use_is_waited_for_without_asking_the_exchange_again(
    exchange: ScriptedExchange, tmp_path: Path
) -> None:
    other, told = Store(tmp_path / "store"), list[str]()

    async def run() -> list[int]:
        with other.writing():
            task = asyncio.create_task(followed(exchange, Store(tmp_path / "store"), 1, told))
            await asyncio.sleep(0.3)
        return await task

    assert asyncio.run(run()) == [20]
    assert len(told) == 1
    assert "writing to the store" in told[0]
    assert set(exchange.served.values()) == {1}


def test_a_store_in_use_for_good_is_an_error(
    exchange: ScriptedExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "LOCKED_LONGEST", 0.2)
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


class Told(list[str]):
    """Sentences; when a delisting is among them, the symbol is listed again."""

    def __init__(self, exchange: ScriptedExchange) -> None:
        self.listed, self.kept = exchange.markets, dict(exchange.markets)

    def append(self, line: str) -> None:
        super().append(line)
        if line.startswith("delisted"):
            self.listed.update(self.kept)

    def delist(self) -> None:
        self.listed.clear()
        self.listed["ETHUSDT"] = Market("ETH/USDT")


def test_a_symbol_that_is_listed_no_more_is_waited_for(
    exchange: ScriptedExchange, store: Store, rows: Callable[..., Any]
) -> None:
    told = Told(exchange)

    def delist(round_: int) -> None:
        if round_ == 1:
            told.delist()
            exchange.script.extend(["500"] * 2)  # so that its list is asked for again

    found = asyncio.run(followed(exchange, store, 2, told, delist))
    assert len([line for line in told if "delisted" in line]) == 1
    told.delist()
    exchange.time.passed += HOUR
    assert asyncio.run(followed(exchange, store, 1, told)) == [1]
    assert len([line for line in told if "delisted" in line]) == 2
    assert sum(found) + 1 == len(exchange.truth("BTC/USDT"))
    assert rows(store) == exchange.truth("BTC/USDT")


def test_a_symbol_that_was_never_listed_is_an_error(
    exchange: ScriptedExchange, store: Store
) -> None:
    Told(exchange).delist()
    with pytest.raises(UnknownSymbol, match="does not list"):
        asyncio.run(followed(exchange, store, 1))


def test_history_is_brought_up_to_date_while_others_write(
    exchange: ScriptedExchange, store: Store, rows: Callable[..., Any]
) -> None:
    counts: list[int] = []

    def report(_title: str, done: int, _planned: int) -> None:
        counts.append(done)
        with Store(store.path).writing():
            pass

    order = Order("BTC/USDT", since=START, base_url=exchange.url, rate_limit=False)
    asyncio.run(caught_up(order, store, report, print))
    assert len(counts) > 1
    assert rows(store) == exchange.truth("BTC/USDT")
