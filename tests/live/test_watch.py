"""`ft.watch`: from the exchange to the record."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

import foretell as ft
from foretell.errors import LedgerError, UsageError
from foretell.live import LiveLedger, watched
from foretell.market import Order, fetch
from scripted_exchange import START, Market, ScriptedExchange

HOUR = 3_600


@pytest.fixture
def exchange() -> Iterator[ScriptedExchange]:
    with ScriptedExchange([Market("BTC/USDT")], bars=200) as exchange:
        yield exchange


@pytest.fixture
def store(exchange: ScriptedExchange, tmp_path: Path) -> ft.Store:
    store = ft.Store(tmp_path / "store")
    fetch("BTC/USDT", since=START, store=store, base_url=exchange.url)
    return store


@pytest.fixture
def place(store: ft.Store, tmp_path: Path) -> Path:
    frame = store.read("binance", "BTC/USDT", "1h")
    path = tmp_path / "model.safetensors"
    ft.Forecaster(2, hidden_size=4, ensemble=1, steps=2).fit(frame).save(path)
    return path


def test_each_bar_is_stored_forecast_from_and_recorded(
    exchange: ScriptedExchange, store: ft.Store, place: Path, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.jsonl"
    given = {"store": store, "ledger": ledger, "base_url": exchange.url}
    first = list(islice(ft.watch("BTC/USDT", place, **given), 1))
    exchange.time.passed += 3 * HOUR
    later = list(islice(ft.watch("BTC/USDT", ft.Forecaster.load(place), **given), 3))
    times = [bar.entry.time for bar in first + later]
    assert times == [START + HOUR * bar for bar in (199, 200, 201, 202)]
    assert [len(bar.due) for bar in later] == [1, 2, 2]
    assert [bar.entry for bar in first + later] == LiveLedger(ledger).read().entries
    assert len(store.read("binance", "BTC/USDT", "1h")) == 203


def test_a_ledger_begins_with_what_the_backtest_said(
    exchange: ScriptedExchange, store: ft.Store, place: Path, tmp_path: Path
) -> None:
    model, ledger = ft.Forecaster.load(place), tmp_path / "ledger.jsonl"
    model.about["record"] = {"origins": 40}
    next(ft.watch("BTC/USDT", model, store=store, ledger=ledger, base_url=exchange.url))
    opening = LiveLedger(ledger).read().opening
    assert opening is not None
    assert opening.expected == {"origins": 40}


def test_another_models_ledger_is_refused_before_it_is_shown(
    exchange: ScriptedExchange, store: ft.Store, place: Path, tmp_path: Path
) -> None:
    """Its quantiles may be of other levels."""
    ledger = tmp_path / "ledger.jsonl"
    given = {"store": store, "ledger": ledger, "base_url": exchange.url}
    next(ft.watch("BTC/USDT", place, **given))
    exchange.time.passed += HOUR
    assert next(ft.watch("BTC/USDT", place, **given)).due
    frame = store.read("binance", "BTC/USDT", "1h")
    other = ft.Forecaster(2, quantiles=(0.2, 0.5, 0.8), hidden_size=4, ensemble=1, steps=2)
    with pytest.raises(LedgerError, match="begun with"):
        next(ft.watch("BTC/USDT", other.fit(frame), **given))


def test_an_iterator_that_is_left_lets_go_of_the_ledger(
    exchange: ScriptedExchange, store: ft.Store, place: Path
) -> None:
    given = {"store": store, "base_url": exchange.url}
    bars = ft.watch("BTC/USDT", place, **given)
    next(bars)
    with pytest.raises(LedgerError, match="watched already"):
        next(ft.watch("BTC/USDT", place, **given))
    bars.close()  # type: ignore[attr-defined]
    exchange.time.passed += HOUR
    assert next(ft.watch("BTC/USDT", place, **given)).due


def test_it_can_be_iterated_in_a_notebook(
    exchange: ScriptedExchange, store: ft.Store, place: Path, tmp_path: Path
) -> None:
    async def cell() -> list[int]:
        given = {"store": store, "ledger": tmp_path / "ledger", "base_url": exchange.url}
        bars = ft.watch("BTC/USDT", place, **given)
        return [bar.entry.time for bar in islice(bars, 1)]

    assert asyncio.run(cell()) == [START + HOUR * 199]


def test_one_symbol_is_watched(place: Path, tmp_path: Path) -> None:
    steps = watched(
        Order(["BTC/USDT", "ETH/USDT"]), ft.Forecaster.load(place), ft.Store(tmp_path / "s"),
        LiveLedger(tmp_path / "l"), print,
    )  # fmt: skip
    with pytest.raises(UsageError, match="watch one"):
        steps.asend(None).send(None)
