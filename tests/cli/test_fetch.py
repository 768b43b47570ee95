"""``foretell fetch``, and forecasts of what it has stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress

from foretell.cli.progress import _Rate
from foretell.store import Store
from scripted_exchange import START, Market, ScriptedExchange

Run = Callable[..., Any]
SINCE = "2024-01-01"
WHY = "delisted, halted, or not published yet"
GONE = "delisted: it is on the list, but no candles are given any more"

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def exchange() -> Iterator[ScriptedExchange]:
    markets = [
        Market("BTC/USDT", listed=3, outages=[(50, 55)]),
        Market("ETH/USDT", ended=100),
        Market("GONE/USDT", delisted_after=0),
    ]
    with ScriptedExchange(markets, bars=300) as server:
        yield server


def test_a_fetch_tells_what_came_and_what_is_missing(
    foretell: Run, exchange: ScriptedExchange, home: Path
) -> None:
    ran = foretell(
        "fetch", "BTC/USDT", "ETH/USDT", "GONE/USDT", "--since", SINCE, "--base-url", exchange.url
    )
    assert ran.code == 0
    assert ran.err == "fetching ...\n"
    assert ran.out.splitlines() == [
        "BTC/USDT: 291 candles fetched",
        "  begins later than asked: no earlier candles at the exchange up to 2024-01-01 02:00:00",
        "  gap: 2024-01-03 02:00:00 to 2024-01-03 07:00:00 (no candles at the exchange)",
        "ETH/USDT: 100 candles fetched; nothing after 2024-01-05 03:00:00: " + WHY,
        "GONE/USDT: 0 candles fetched; " + GONE,
        f"391 candles new, 0 revised, 0 known already, in {home}",
    ]
    assert Store().gaps()["bars"].to_list() == [3, 6]


def test_json(foretell: Run, exchange: ScriptedExchange, home: Path) -> None:
    ran = foretell("fetch", "BTC/USDT", "--since", SINCE, "--base-url", exchange.url, "--json")
    found = json.loads(ran.out)
    assert (found["path"], found["new"], found["revised"]) == (str(home), 291, 0)
    (symbol,) = found["symbols"]
    assert symbol["gaps"][1] == {
        "first": "2024-01-03 02:00:00", "last": "2024-01-03 07:00:00",
        "reason": "no candles at the exchange",
    }  # fmt: skip


def test_a_dry_run_says_what_it_would_do(
    foretell: Run, exchange: ScriptedExchange, home: Path
) -> None:
    ask = ("fetch", "BTC/USDT", "--since", SINCE, "--base-url", exchange.url)
    ran = foretell(*ask, "--dry-run")
    assert ran.code == 0
    assert ran.out.startswith("BTC/USDT: 2024-01-01 to 2024-01-13 11:00:00, up to 300 bars in 1")
    assert not exchange.asked
    assert not home.exists()
    assert json.loads(foretell(*ask, "--dry-run", "--json").out)["symbols"][0]["bars"] == 300
    foretell(*ask)
    ran = foretell(*ask, "--dry-run")
    assert ran.out == "BTC/USDT: nothing to fetch, all that has closed is stored\n"


@pytest.mark.parametrize(
    ("script", "symbol", "code", "message"),
    [
        (["451"], "BTC/USDT", 6, "binance refuses to serve this address or key (HTTP 451)"),
        (["401"], "BTC/USDT", 6, "refuses to serve this address or key"),
        ([], "BTC/EUR", 2, "binance does not list 'BTC/EUR'"),
    ],
)
def test_refusals_end_with_their_exit_code(
    foretell: Run, exchange: ScriptedExchange, script: list[str], symbol: str, code: int,
    message: str,
) -> None:  # fmt: skip
    exchange.script.extend(script)
    ran = foretell("fetch", symbol, "--base-url", exchange.url)
    assert ran.code == code
    assert message in ran.err
    assert "--exchange " in ran.err
    assert ran.out == ""


def test_what_it_waits_for_is_said(foretell: Run, exchange: ScriptedExchange) -> None:
    exchange.script.extend(["", "", "", "429"])
    exchange.wait = 1.0
    ran = foretell("fetch", "ETH/USDT", "--since", SINCE, "--base-url", exchange.url)
    assert ran.code == 0
    assert "note: HTTP 429, too many requests; waiting 1 s as it asks\n" in ran.err


def test_a_stored_symbol_is_forecast(
    foretell: Run, exchange: ScriptedExchange, small: list[str]
) -> None:
    ran = foretell("forecast", "ETH/USDT", *small)
    assert ran.code == 2
    assert "`foretell fetch ETH/USDT --exchange binance --timeframe 1h`" in ran.err
    assert not exchange.requests  # nothing goes to the network unasked
    foretell("fetch", "BTC/USDT", "--since", SINCE, "--base-url", exchange.url)
    ran = foretell("forecast", "BTC/USDT", *small, "--json")
    assert ran.code == 0, ran.err
    rows = json.loads(ran.out)["forecast"]
    assert {row["origin"] for row in rows} == {"2024-01-13T11:00:00Z"}
    assert START == 1_704_067_200


def test_exchange_and_timeframe_say_which(foretell: Run) -> None:
    ran = foretell("forecast", "BTC/EUR", "--exchange", "kraken", "--timeframe", "1d")
    assert "`foretell fetch BTC/EUR --exchange kraken --timeframe 1d`" in ran.err


def test_progress_shows_how_many_come_in_a_second() -> None:
    ticks = iter(range(100))
    bar = Progress(get_time=lambda: float(next(ticks)), disable=True)
    task = bar.add_task("fetching", total=1_000)
    for _ in range(5):
        bar.advance(task, 100)
    shown = str(_Rate().render(bar.tasks[0]))
    assert shown.startswith(" 500/1000  ")
    assert int(shown.rsplit(maxsplit=1)[-1].removesuffix("/s")) > 0
