"""Drawn schedules of faults: the store equals the truth minus declared gaps.

``python benchmarks/fetch_faults.py [--schedules 1000]``

Each schedule is a market or two with listings, outages, ends and revisions, and a script of faults
for one or several fetches from the scripted exchange, the last of which meets none. Nothing waits:
where the exchange asks to, its clock is set ahead.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from foretell.errors import ExchangeError
from foretell.market import Order, fetched, whole
from foretell.sources import Patience
from foretell.sources.paging import EMPTY, STALE
from foretell.store import Store
from scripted_exchange import (
    FATAL,
    HTTP_FAULTS,
    PAGE_FAULTS,
    START,
    STEPS,
    Market,
    ScriptedExchange,
)

NAMES = ("BTC/USDT", "ETH/USDT")
HOUR = STEPS["1h"]
PATIENCE = Patience(first=0.0005, longest=0.001, timeout=0.15)


@dataclass
class Schedule:
    """What is drawn.

    Attributes
    ----------
    markets : list of Market
    bars, page : int
    skew, pace, wait : float
        As the scripted exchange takes them.
    script : list of str
    runs : int
        Fetches that meet faults.
    revised : set of int
        Bars whose candles change before the last fetch.
    """

    markets: list[Market]
    bars: int
    page: int
    skew: float
    pace: float
    wait: float
    script: list[str]
    runs: int
    revised: set[int]


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Draw one."""
    bars = draw(st.integers(1, 60))
    bar = st.integers(0, bars)
    outage = st.tuples(bar, st.integers(0, 9)).map(lambda pair: (pair[0], sum(pair)))
    fault = st.sampled_from(["", "", "", *HTTP_FAULTS, *PAGE_FAULTS, *PAGE_FAULTS, *FATAL])
    return Schedule(
        markets=[
            Market(
                name,
                listed=draw(st.just(0) | bar),
                ended=draw(st.just(10**9) | bar),
                outages=draw(st.lists(outage, max_size=2)),
                delisted_after=draw(st.none() | st.none() | st.integers(1, 8)),
            )
            for name in NAMES[: draw(st.integers(1, 2))]
        ],
        bars=bars,
        page=draw(st.integers(2, 25)),
        skew=draw(st.sampled_from([0.0, 10.0, -10.0, HOUR / 2 - 10, HOUR / 2 + 10])),
        pace=draw(st.sampled_from([0.0, 0.0, 100.0, HOUR / 3])),
        wait=draw(st.sampled_from([1.0, 120.0, 900.0])),
        script=_credible(draw(st.lists(fault, min_size=draw(st.integers(0, 30)), max_size=40))),
        runs=draw(st.integers(1, 3)),
        revised=draw(st.sets(bar, max_size=3)),
    )


def _credible(script: list[str]) -> list[str]:
    """With fewer old and empty pages than those that are believed, and mean the end of trading."""
    left = {"stale": STALE - 1, "nothing": EMPTY - 1}
    kept = []
    for fault in script:
        left[fault] = left.get(fault, len(script)) - 1
        kept.append(fault if left[fault] >= 0 else "")
    return kept


def held(schedule: Schedule, folder: Path) -> tuple[int, list[str]]:
    """How many faults happened, and what is wrong after them: nothing, if all is well."""
    store = Store(folder / "store")
    with ScriptedExchange(
        schedule.markets, bars=schedule.bars, page=schedule.page, script=schedule.script,
        skew=schedule.skew, pace=schedule.pace, wait=schedule.wait,
    ) as exchange:  # fmt: skip
        for _ in range(schedule.runs):
            _fetch(exchange, store)
        exchange.script.clear()
        exchange.pace = 0.0
        for market in schedule.markets:
            market.delisted_after = None
        _fetch(exchange, store)
        wrong = _all_compared(exchange, store)
        for market in schedule.markets:
            market.revised = schedule.revised
        _fetch(exchange, store, refresh=True)
        wrong += _all_compared(exchange, store) + _early(exchange)
        happened = sum(count for fault, count in exchange.happened.items() if fault)
        return happened, wrong


def _early(exchange: ScriptedExchange) -> list[str]:
    """Requests before a time to wait for; one that is under way already cannot be called back."""
    bans = sum(exchange.happened[ban] for ban in ("418", "429"))
    under_way = bans * (len(exchange.markets) - 1)
    return [f"{exchange.early} requests before their time"] if exchange.early > under_way else []


def _fetch(exchange: ScriptedExchange, store: Store, **more: Any) -> None:
    names = [market.name for market in exchange.markets.values()]
    order = Order(
        names, since=START, base_url=exchange.url, clock=exchange.time.clock, patience=PATIENCE,
        rate_limit=False, **more,
    )  # fmt: skip
    with suppress(ExchangeError):  # refused, or more faults than it bears: the next run goes on
        whole(fetched(order, store))


def _all_compared(exchange: ScriptedExchange, store: Store) -> list[str]:
    return [
        problem
        for market in exchange.markets.values()
        for problem in _compared(exchange, store, market)
    ]


def _compared(exchange: ScriptedExchange, store: Store, market: Market) -> list[str]:
    truth = exchange.truth(market.name)
    if not truth:
        kept = store.series().filter(symbol=market.name)
        return [f"{market.name} has candles that never were"] if len(kept) else []
    frame = store.read("binance", market.name, "1h")
    values = zip(*(frame[column] for column in frame.columns[2:]), strict=True)
    found = dict(zip(frame["time"].dt.epoch("s"), values, strict=True))
    gaps = {
        START + bar * HOUR
        for first, last in store.gaps("binance", market.name).select("first", "last").rows()
        for bar in range(_bar(first), _bar(last) + 1)
    }
    opened = _bar_at(
        exchange.now()
    )  # a candle that is open proves too that bars before it are missing
    end = START + opened * HOUR if market.has(opened) else max(truth)
    silent = set(range(START, end, HOUR)) - truth.keys()
    wrong = []
    if found != truth:
        wrong.append(f"{market.name}: {len(found.keys() ^ truth.keys())} candles too many or few")
    if gaps != silent:
        wrong.append(f"{market.name}: gaps {sorted(gaps ^ silent)} declared wrongly or not at all")
    return wrong


def _bar(time: Any) -> int:
    return _bar_at(time.timestamp())


def _bar_at(moment: float) -> int:
    return (int(moment) - START) // HOUR


def main(count: int = 1_000) -> int:
    """Draw schedules until one fails or all are through."""
    faults, begun = 0, time.monotonic()

    @seed(0)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(schedules())
    def hold(schedule: Schedule) -> None:
        nonlocal faults
        with tempfile.TemporaryDirectory() as folder:
            happened, wrong = held(schedule, Path(folder))
        assert not wrong, (wrong, schedule)
        faults += happened

    hold()
    spent = time.monotonic() - begun
    print(f"{count:,} schedules with {faults:,} faults in {spent:.0f} s: all as it should be")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=1_000)
    raise SystemExit(main(parser.parse_args().schedules))
