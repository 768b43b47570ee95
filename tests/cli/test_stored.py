"""Stored symbols as the argument of a command: which is meant, and what to do without one."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell.cli.market_options import Market
from foretell.cli.sources import load
from foretell.cli.stored import stored
from foretell.errors import UnknownSymbol, UsageError
from foretell.market import Order
from foretell.store import Store
from scripted_exchange import Market as Listed
from scripted_exchange import ScriptedExchange

Run = Callable[..., Any]
Answer = Callable[[str], None]

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def store(home: Path, candles: pl.DataFrame) -> Store:
    """300 daily candles of BTC/USD from kraken, and nothing else."""
    store = Store(home)
    store.write(candles.with_columns(series=pl.lit("BTC/USD")), "kraken", "1d")
    return store


@pytest.fixture
def at_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Answer]:
    """Somebody at a terminal, who types a line."""
    capsys.readouterr()

    def types(line: str) -> None:
        keyboard = io.StringIO(line)
        monkeypatch.setattr(keyboard, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stdin", keyboard)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

    yield types
    capsys.readouterr()


# -- which one -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "market",
    [
        Market(),
        Market("kraken"),
        Market(timeframe="1d"),
        Market("kraken", "1d"),
    ],
)
def test_the_only_one_that_is_stored_need_not_be_named(store: Store, market: Market) -> None:
    frame = stored("BTC/USD", market)
    assert frame.equals(store.read("kraken", "BTC/USD", "1d"))
    assert load("BTC/USD", None, None, market).equals(frame)


@pytest.mark.parametrize("market", [Market("binance"), Market(timeframe="4h"), Market("okx", "1d")])
def test_another_than_asked_is_not_taken_but_told_of(store: Store, market: Market) -> None:
    asked = f"{market.timeframe or '1h'} candles of BTC/USD from {market.exchange or 'binance'}"
    with pytest.raises(UnknownSymbol) as caught:
        stored("BTC/USD", market)
    assert f"no {asked} in {store.path}; stored are 1d from kraken; fetch" in str(caught.value)


def test_of_several_the_usual_one_is_meant_or_none(store: Store, candles: pl.DataFrame) -> None:
    coin = candles.with_columns(series=pl.lit("BTC/USD"))
    store.write(coin.head(9), "okx", "1d")
    with pytest.raises(UnknownSymbol, match="more than once, as 1d from kraken, 1d from okx"):
        stored("BTC/USD", Market())
    assert len(stored("BTC/USD", Market("okx"))) == 9
    hourly = coin.head(5).with_columns(
        time=pl.datetime_range(
            pl.datetime(2020, 1, 1), pl.datetime(2020, 1, 1, 4), "1h", eager=True
        )
    )
    store.write(hourly, "binance", "1h")
    assert len(stored("BTC/USD", Market())) == 5
    with pytest.raises(UnknownSymbol, match="more than once"):
        stored("BTC/USD", Market(timeframe="1d"))


def test_another_store_is_read_where_it_is_named(store: Store, tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    with pytest.raises(UnknownSymbol, match=f"--store {elsewhere}`"):
        stored("BTC/USD", Market(store=elsewhere))
    assert len(stored("BTC/USD", Market(store=store.path))) == 300


def test_symbols_without_a_slash_are_found_after_samples(
    store: Store, candles: pl.DataFrame
) -> None:
    store.write(candles.with_columns(series=pl.lit("BTCUSDT")).head(7), "binance", "1d")
    assert len(load("BTCUSDT", None)) == 7
    with pytest.raises(UnknownSymbol, match="no sample is named 'BTCEUR'"):
        load("BTCEUR", None)
    assert load("BTC-USD", None)["series"][0] == "BTC-USD"
    with pytest.raises(UnknownSymbol, match="no 1h candles of BTC-USD from kraken"):
        load("BTC-USD", None, None, Market("kraken"))


def test_a_file_has_no_market(store: Store, csv: Path) -> None:
    assert load(str(csv), None)["series"][0] == "coin"
    with pytest.raises(UsageError, match="is a file; leave them out"):
        load(str(csv), None, None, Market("kraken"))
    with pytest.raises(UnknownSymbol, match="a symbol is written in capitals"):
        load("btc/usd", None)
    with pytest.raises(UsageError, match="'1x' is not a timeframe"):
        stored("BTC/USD", Market(timeframe="1x"))
    assert store.find("btc/usd") == []


# -- every command ---------------------------------------------------------------------------


def test_every_command_takes_a_stored_symbol(
    foretell: Run, store: Store, small: list[str], tmp_path: Path
) -> None:
    ran = foretell("train", "BTC/USD", *small, "--save", "btc.safetensors", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["data"]["series"] == ["BTC/USD"]
    with_model = ("BTC/USD", "--exchange", "kraken", "--model", "btc.safetensors")
    forecast = json.loads(foretell("forecast", *with_model, "--json").out)["forecast"]
    assert {row["series"] for row in forecast} == {"BTC/USD"}
    ran = foretell("audit", *with_model, "--timeframe", "1d", "--cuts", "2", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["clean"] is True
    ran = foretell(
        "backtest", "BTC/USD", "--store", store.path, *small, "--rivals", "random-walk",
        "--workers", "1",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert (tmp_path / "BTC-USD-backtest.html").exists()


def test_memory_reads_a_stored_symbol(
    foretell: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("foretell.cli.memory.load", lambda *given: seen.append(given) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        foretell("memory", "BTC/USD", "--exchange", "kraken", "--store", store.path)
    assert seen[0][0] == "BTC/USD"
    assert seen[0][-1] == Market("kraken", None, store.path)


# -- how old it is ---------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "told"), [(47.9, ""), (48.1, "; 1 more"), (240.5, "; 9 more")])
def test_that_bars_have_closed_since_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    hours: float, told: str,
) -> None:  # fmt: skip
    last = store.read("kraken", "BTC/USD", "1d")["time"][-1]
    monkeypatch.setattr("foretell.cli.stored.time.time", lambda: last.timestamp() + 3_600 * hours)
    stored("BTC/USD", Market())
    err = capsys.readouterr().err
    if not told:
        assert err == ""
        return
    assert f"ends with the 1d bar of 2020-10-26{told}" in err
    assert "`foretell fetch BTC/USD --exchange kraken --timeframe 1d`" in err


# -- the offer -------------------------------------------------------------------------------


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedExchange]:
    with ScriptedExchange([Listed("BTC/USDT", listed=3)], bars=300) as server:
        here = partial(Order, base_url=server.url, since="2024-01-01")
        monkeypatch.setattr("foretell.cli.fetch.Order", here)
        yield server


@pytest.mark.parametrize("answer", ["\n", "y\n", "Yes\n"])
def test_at_a_terminal_it_is_offered_and_fetched(
    exchange: ScriptedExchange,
    at_terminal: Answer,
    answer: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    at_terminal(answer)
    frame = load("BTC/USDT", None)
    assert len(frame) == 297
    assert exchange.requests
    out, err = capsys.readouterr()
    assert "no 1h candles of BTC/USDT from binance in" in err
    assert "Fetch them now? [Y/n]" in err
    assert "BTC/USDT: 297 candles fetched" in err
    assert out == ""  # that is for results


@pytest.mark.parametrize("answer", ["n\n", "no\n", "what\n", ""])
def test_nothing_is_fetched_against_somebodys_will(
    exchange: ScriptedExchange, at_terminal: Answer, answer: str
) -> None:
    at_terminal(answer)
    with pytest.raises(UnknownSymbol, match="fetch them with `foretell fetch BTC/USDT --exch"):
        load("BTC/USDT", None)
    assert not exchange.requests


def test_nobody_is_asked_where_nobody_is(
    foretell: Run, exchange: ScriptedExchange, at_terminal: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_terminal("y\n")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    ran = foretell("forecast", "BTC/USDT")
    assert ran.code == 2
    assert "Y/n" not in ran.err
    assert not exchange.requests


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_ctrl_c_at_the_question_ends_the_command() -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from foretell.cli.app import main; main()"]
    asked = subprocess.Popen(
        [*command, "forecast", "BTC/USDT"], stdin=theirs, stderr=theirs, start_new_session=True
    )
    said = b""
    while b"[Y/n]" not in said:
        said += os.read(ours, 1_000)
    time.sleep(0.2)  # until it reads; an interrupt before that would be heard in any case
    asked.send_signal(signal.SIGINT)
    try:
        assert asked.wait(timeout=20) == 130
    finally:
        asked.kill()
        os.close(theirs)
        os.close(ours)
