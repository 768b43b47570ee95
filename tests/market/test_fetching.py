"""From the scripted exchange, through ccxt, into the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

import foretell as ft
from foretell.errors import ExchangeError, StoreLocked, UnknownSymbol, UsageError
from foretell.market import Order, plans, whole
from foretell.sources import EARLIER, WITHIN
from foretell.store import Store
from scripted_exchange import FATAL, HTTP_FAULTS, PAGE_FAULTS, START, Market, ScriptedExchange

HOUR = 3_600
BTC = "BTC/USDT"
Fetch, Rows = Callable[..., Any], Callable[..., dict[int, tuple[float, ...]]]


def at(bar: int) -> int:
    return START + bar * HOUR


def gaps_of(store: Store) -> list[tuple[int, int, str]]:
    found = store.gaps().select("first", "last", "reason").rows()
    return [(int(a.timestamp()), int(b.timestamp()), reason) for a, b, reason in found]


def test_all_closed_candles_are_stored_and_no_open_one(
    fetch: Fetch, rows: Rows, store: Store
) -> None:
    with ScriptedExchange([Market(BTC), Market("ETH/USDT")], bars=25, page=10) as exchange:
        found = fetch(exchange, store, BTC, "ETH/USDT")
        assert (found.new, found.revised, found.unchanged) == (50, 0, 0)
        for name in (BTC, "ETH/USDT"):
            assert rows(store, name) == exchange.truth(name)
            assert max(rows(store, name)) == at(24)  # bar 25 was offered, and is open
    assert not store.gaps().height


def test_the_exchange_may_have_another_clock(fetch: Fetch, rows: Rows, store: Store) -> None:
    """Ten seconds before the end of a bar, and ten after, by the exchange's clock alone."""
    half = HOUR / 2
    for skew, last in ((half - 10, 24), (half + 10, 25)):
        with ScriptedExchange([Market(BTC)], bars=25, skew=skew) as exchange:
            fetch(exchange, store)
            assert max(rows(store)) == at(last)
            assert rows(store) == exchange.truth(BTC)


def test_bars_that_close_while_it_runs_are_left_for_the_next_time(
    fetch: Fetch, rows: Rows, store: Store
) -> None:
    with ScriptedExchange([Market(BTC)], bars=30, page=10, pace=HOUR / 3) as exchange:
        fetch(exchange, store)
        assert rows(store).items() <= exchange.truth(BTC).items()
        exchange.pace = 0.0
        fetch(exchange, store)
        assert rows(store) == exchange.truth(BTC)


def test_again_changes_nothing_and_asks_for_nothing(fetch: Fetch, store: Store) -> None:
    market = Market(BTC, listed=4, outages=[(12, 17)])
    with ScriptedExchange([market], bars=40, page=10) as exchange:
        fetch(exchange, store)
        before, pages = store.series(), exchange.asked.total()
        again = fetch(exchange, store)
        assert (again.new, again.revised, again.requests) == (0, 0, 0)
        assert exchange.asked.total() == pages
        assert store.series().equals(before)


def test_it_goes_on_from_what_is_stored(fetch: Fetch, rows: Rows, store: Store) -> None:
    with ScriptedExchange([Market(BTC)], bars=60, page=10) as exchange:
        fetch(exchange, store, since=at(20), until=at(30))
        assert sorted(rows(store)) == [at(bar) for bar in range(20, 30)]
        exchange.asked.clear()
        found = fetch(exchange, store)
        assert found.new == 50
        assert rows(store) == exchange.truth(BTC)
        asked = sorted(time for _, time in exchange.asked)
        assert asked == [at(bar) * 1_000 for bar in (0, 10, 29, 39, 49, 59)][: len(asked)]


def test_a_late_listing_and_an_outage_are_gaps(fetch: Fetch, rows: Rows, store: Store) -> None:
    with ScriptedExchange([Market(BTC, listed=7, outages=[(20, 25)])], bars=60, page=9) as exchange:
        found = fetch(exchange, store).symbols[0]
        assert rows(store) == exchange.truth(BTC)
    assert found.holes == [(at(0), at(6), EARLIER), (at(20), at(25), WITHIN)]
    assert gaps_of(store) == found.holes
    assert not found.ended


def test_an_outage_that_is_not_over_is_no_gap_yet(fetch: Fetch, rows: Rows, store: Store) -> None:
    market = Market(BTC, outages=[(34, 10**6)])
    with ScriptedExchange([market], bars=40, page=10) as exchange:
        found = fetch(exchange, store).symbols[0]
        assert (found.ended, found.last, found.holes) == (True, at(33), [])
        assert not gaps_of(store)
        market.outages = [(34, 36)]
        found = fetch(exchange, store).symbols[0]
        assert found.holes == [(at(34), at(36), WITHIN)]
        assert rows(store) == exchange.truth(BTC)


def test_candles_that_arrive_late_clear_the_gap(fetch: Fetch, rows: Rows, store: Store) -> None:
    market = Market(BTC, outages=[(20, 25)])
    with ScriptedExchange([market], bars=40) as exchange:
        fetch(exchange, store)
        market.outages = [(20, 21)]
        fetch(exchange, store)
        assert gaps_of(store) == [(at(20), at(25), WITHIN)]  # nobody has asked again
        fetch(exchange, store, refresh=True)
        assert gaps_of(store) == [(at(20), at(21), WITHIN)]
        assert rows(store) == exchange.truth(BTC)


def test_revisions_are_seen_on_request(fetch: Fetch, rows: Rows, store: Store) -> None:
    market = Market(BTC)
    with ScriptedExchange([market], bars=40, page=10) as exchange:
        fetch(exchange, store)
        before, then = rows(store), store.series()["last"][0]
        market.revised = {5, 39}
        assert fetch(exchange, store).revised == 0
        assert fetch(exchange, store, refresh=True).revised == 2
        assert rows(store) == exchange.truth(BTC) != before
        assert then is not None


def test_the_last_candle_is_looked_at_again(fetch: Fetch, rows: Rows, store: Store) -> None:
    """It may have changed in the moment after it closed."""
    market = Market(BTC)
    with ScriptedExchange([market], bars=40) as exchange:
        fetch(exchange, store)
        market.revised = {39}
        exchange.time.passed += HOUR
        found = fetch(exchange, store)
        assert (found.new, found.revised) == (1, 1)
        assert rows(store) == exchange.truth(BTC)


def test_a_delisting_in_the_middle_keeps_what_there_is(
    fetch: Fetch, rows: Rows, store: Store
) -> None:
    markets = [Market(BTC, delisted_after=2), Market("ETH/USDT")]
    with ScriptedExchange(markets, bars=50, page=10) as exchange:
        gone, other = fetch(exchange, store, BTC, "ETH/USDT").symbols
        assert (gone.delisted, gone.candles, gone.last) == (True, 20, at(19))
        assert (other.delisted, other.candles) == (False, 50)
        assert rows(store, "ETH/USDT") == exchange.truth("ETH/USDT")


def test_trading_that_has_ended_is_said(fetch: Fetch, rows: Rows, store: Store) -> None:
    with ScriptedExchange([Market(BTC, ended=30)], bars=80, page=10) as exchange:
        found = fetch(exchange, store).symbols[0]
        assert (found.ended, found.last, found.delisted) == (True, at(29), False)
        assert rows(store) == exchange.truth(BTC)


@pytest.mark.parametrize("windowed", [False, True])
def test_long_silence_is_crossed_with_daily_candles(
    fetch: Fetch, rows: Rows, store: Store, windowed: bool
) -> None:
    """Also at exchanges that answer for a window of time, be there candles in it or not."""
    market = Market(BTC, listed=24 * 60 + 5, outages=[(24 * 80, 24 * 120 + 7)])
    with ScriptedExchange([market], bars=24 * 140, page=100, windowed=windowed) as exchange:
        found = fetch(exchange, store).symbols[0]
        assert rows(store) == exchange.truth(BTC)
        assert found.holes == [
            (at(0), at(24 * 60 + 4), EARLIER), (at(24 * 80), at(24 * 120 + 7), WITHIN),
        ]  # fmt: skip
        assert exchange.asked.total() < 40  # 34 full pages would hold all hours


@pytest.mark.parametrize("fault", [*HTTP_FAULTS, *PAGE_FAULTS])
def test_every_fault_alone_is_overcome(fetch: Fetch, rows: Rows, store: Store, fault: str) -> None:
    script = ["", "", "", fault, "", fault, fault]
    with ScriptedExchange([Market(BTC)], bars=55, page=10, script=script) as exchange:
        fetch(exchange, store)
        assert exchange.happened[fault] == 3
        assert rows(store) == exchange.truth(BTC)
        assert exchange.early == 0
    assert not store.gaps().height


@pytest.mark.parametrize("first", range(3))
def test_nobody_asks_while_banned(fetch: Fetch, store: Store, first: int) -> None:
    """At any request: the list of markets, the time, a page."""
    script = [""] * first + ["418", "429"]
    with ScriptedExchange([Market(BTC)], bars=20, script=script, wait=300.0) as exchange:
        fetch(exchange, store)
        assert exchange.early == 0
        assert exchange.time.passed >= 600.0


@pytest.mark.parametrize("fault", FATAL)
@pytest.mark.parametrize("first", [0, 3])
def test_a_refusal_ends_at_once_with_a_hint(
    fetch: Fetch, store: Store, fault: str, first: int
) -> None:
    script = [""] * first + [fault] * 50
    with ScriptedExchange([Market(BTC)], bars=55, page=10, script=script) as exchange:
        begun = time.monotonic()
        with pytest.raises(ExchangeError, match="--exchange okx") as caught:
            fetch(exchange, store)
        assert time.monotonic() - begun < 5.0
        assert exchange.requests == first + 1  # not tried again
    assert "refuses to serve this address or key" in str(caught.value)
    if first:
        assert store.series()["bars"].to_list() in ([], [10])


def test_an_unknown_symbol_is_found_before_anything_is_fetched(fetch: Fetch, store: Store) -> None:
    with ScriptedExchange([Market(BTC)], bars=20) as exchange:
        with pytest.raises(UnknownSymbol, match="does not list 'BTC/USD'; nearest there: BTC/USDT"):
            fetch(exchange, store, BTC, "BTC/USD")
        assert not exchange.asked
    assert store.series().is_empty()


def test_an_exchange_that_stays_down_is_given_up(fetch: Fetch, store: Store, rows: Rows) -> None:
    script = ["", "", "", *["503"] * 30]
    with ScriptedExchange([Market(BTC)], bars=55, page=10, script=script) as exchange:
        with pytest.raises(ExchangeError, match=r"HTTP 503.*run the same command again"):
            fetch(exchange, store)
        assert len(rows(store)) == 10
        exchange.script.clear()
        fetch(exchange, store)
        assert rows(store) == exchange.truth(BTC)


def test_a_ban_of_days_is_not_waited_for(fetch: Fetch, store: Store) -> None:
    with ScriptedExchange([Market(BTC)], script=["418"], wait=3 * 86_400.0) as exchange:
        with pytest.raises(ExchangeError, match="HTTP 418"):
            fetch(exchange, store)
        assert (exchange.requests, exchange.time.passed) == (1, 0.0)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"exchange": "binanze"}, "nearest: binance"),
        ({"timeframe": "7h"}, "no timeframe '7h'"),
        ({"timeframe": "x"}, "is not a timeframe"),
        ({"base_url": "localhost:80"}, "is not a base URL"),
        ({"since": "2024-02-01", "until": "2024-01-01"}, "nothing lies between"),
        ({"symbols": []}, "no symbol to fetch"),
    ],
)
def test_what_cannot_be_meant_is_refused(more: dict[str, Any], message: str, store: Store) -> None:
    with pytest.raises(UsageError, match=message):
        ft.fetch(**{"symbols": BTC, "store": store, "base_url": "http://127.0.0.1:9"} | more)


def test_one_writer_at_a_time(fetch: Fetch, store: Store) -> None:
    with (
        ScriptedExchange([Market(BTC)]) as exchange, store.writing(),
        pytest.raises(StoreLocked),
    ):  # fmt: skip
        fetch(exchange, Store(store.path))


def test_a_plan_fetches_nothing(store: Store) -> None:
    with ScriptedExchange([Market(BTC)], bars=2_500) as exchange:
        order = Order([BTC], since=START, base_url=exchange.url, clock=exchange.time.clock)
        (plan,), seconds = whole(plans(order, store))
        assert (plan.bars, plan.requests) == (2_500, 3)
        assert seconds > 0.0
        assert not exchange.asked
    assert store.series().is_empty()


def test_it_works_inside_a_running_loop(store: Store) -> None:
    """As in a notebook; with the real clock and the exchange's rate limit."""
    with ScriptedExchange([Market(BTC)], bars=20) as exchange:

        async def cell() -> Any:
            return ft.fetch(BTC, since=START, store=store, base_url=exchange.url)

        assert asyncio.run(cell()).new == 20
