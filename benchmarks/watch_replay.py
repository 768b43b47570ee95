"""A watch over a replayed exchange, killed at random points: its ledger is as if nothing had been.

``python benchmarks/watch_replay.py [--bars 2000] [--restarts 50] [--seed 0]``

The exchange answers over HTTP on this machine; its clock goes on as soon as a bar has its entry.
Now and then a bar is missing, a candle is revised, or six hours pass at once. The ledger of a watch
that was killed with SIGKILL and begun again has to be byte for byte that of one that was not.
Prints also what a bar costs, from the exchange's answer to the line that is shown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, suppress
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import foretell as ft
from foretell.cli.watch_view import line_of
from foretell.live import Chain, Entry, LiveLedger, Watcher, watched
from foretell.market import Order, fetched, whole
from foretell.market.committing import Committer
from foretell.sources import Clock, Exchange
from foretell.store import Store
from scripted_exchange import START, STEPS, Market, ScriptedExchange

SYMBOL, HOUR, HISTORY = "BTC/USDT", STEPS["1h"], 400
PAUSE = 0.005  # seconds between two looks at a ledger, or at the exchange
KILLED_WITHIN = (0.0, 0.03)  # seconds after a bar has closed
PATIENCE = 60.0  # seconds until a watch that makes no entry is given up
KEY = ("binance", SYMBOL, "1h")


class LeftOut(Exception):
    """A bar that has closed gets no entry."""


class Step(NamedTuple):
    """What the exchange does before the next entry is awaited."""

    bars: int
    revised: bool


def main(bars: int = 2_000, restarts: int = 50, seed: int = 0, fault: str = "") -> int:
    """Watch twice, and compare; a fault that is planted has to be found."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.safetensors"
        whole_run = Run(Path(folder) / "whole", model, bars, seed, fault)
        whole_run.prepare()
        steps = range(1, len(list(whole_run.steps())))
        killed = random.Random(seed).sample(steps, restarts)  # noqa: S311
        other = Run(Path(folder) / "killed", model, bars, seed, fault)
        try:
            whole_run.go(set())
            other.go(set(killed))
        except LeftOut as found:
            print(found)
            return 1
        one, two = (run.ledger.read_bytes() for run in (whole_run, other))
        entries = [entry.time for entry in LiveLedger(whole_run.ledger).read().entries]
        store = Store(whole_run.place, clock=lambda: 0.0).read(*KEY)
        truth = sorted(whole_run.truth)
    due = [moment for moment in truth if moment >= START + (HISTORY - 1) * HOUR]
    same, complete = one == two, entries == due and len(store) == len(truth)
    print(f"{len(entries):,} entries, {other.killed} restarts: ", end="")
    print(f"ledgers {'alike' if same else 'DIFFER'}")
    if not complete:
        print(f"NOT one entry for each of {len(due):,} bars, or not {len(truth):,} bars stored")
    tell(whole_run.costs)
    return int(not (same and complete and other.killed == restarts))


def tell(costs: dict[str, list[float]]) -> None:
    """Print milliseconds a bar."""
    for what, seconds in costs.items():
        middle, high = np.quantile(seconds, (0.5, 0.95)) * 1_000
        print(f"  {what}: median {middle:.2f} ms, 95% {high:.2f} ms")


class Run:
    """A replay of the same market into a store and a ledger of its own."""

    def __init__(self, folder: Path, model: Path, bars: int, seed: int, fault: str = "") -> None:
        self.place, self.ledger, self.model = folder / "store", folder / "ledger.jsonl", model
        self.bars, self.seed, self.fault, self.killed = bars, seed, fault, 0
        self.truth: dict[int, tuple[float, ...]] = {}
        self.costs: dict[str, list[float]] = {}

    def market(self) -> Market:
        """Bars of an outage here and there."""
        draw = random.Random(self.seed)  # noqa: S311
        firsts = draw.sample(range(HISTORY + 5, HISTORY + self.bars - 10), k=self.bars // 100)
        return Market(SYMBOL, outages=[(first, first + draw.randrange(3)) for first in firsts])

    def steps(self) -> Iterator[Step]:
        """Yield mostly a bar at a time."""
        draw, done = random.Random(self.seed + 1), 0  # noqa: S311
        while done < self.bars:
            step = Step(
                min(6 if draw.random() < 0.01 else 1, self.bars - done), draw.random() < 0.02
            )
            done += step.bars
            yield step

    def prepare(self) -> None:
        """Train the model."""
        with ScriptedExchange([self.market()], bars=HISTORY) as exchange:
            store = Store(self.place.parent / "first")
            whole(fetched(Order(SYMBOL, since=START, base_url=exchange.url), store))
            frame = store.read(*KEY)
        ft.Forecaster(horizon=14, steps=20).fit(frame).save(self.model)

    def go(self, kills: set[int]) -> None:
        """Watch every step, with the process killed in some."""
        market = self.market()
        with ScriptedExchange([market], bars=HISTORY) as exchange:
            store = Store(self.place, clock=lambda: 0.0)
            whole(fetched(Order(SYMBOL, since=START, base_url=exchange.url), store))
            try:
                self.process = self.begun(exchange.url)
                self.all_steps(exchange, market, kills)
                self.process.send_signal(signal.SIGINT)  # it ends, and tells what bars have cost
                self.costs = json.loads(self.process.communicate()[0] or "{}")  # just begun
            finally:
                with self.process:
                    self.process.kill()
            self.truth = exchange.truth(SYMBOL)

    def all_steps(self, exchange: ScriptedExchange, market: Market, kills: set[int]) -> None:
        """Have the exchange's time go on as soon as the last bar has its entry."""
        draw, last = random.Random(self.seed + 2), HISTORY - 1  # noqa: S311
        self.wait_for(last)
        for number, step in enumerate(self.steps()):
            if step.revised:
                market.revised.add(last)
            exchange.time.passed += step.bars * HOUR
            opened = int((exchange.now() - START) // HOUR)
            last = max([bar for bar in range(last, opened) if market.has(bar)], default=last)
            if number in kills:
                time.sleep(draw.uniform(*KILLED_WITHIN))
                self.process.kill()
                self.process.communicate()
                self.killed += 1
                self.process = self.begun(exchange.url)
            self.wait_for(last)

    def begun(self, url: str) -> Any:
        """A watch in a process of its own."""
        command = [sys.executable, __file__, "--child", url, *map(str, (self.place, self.ledger))]
        command += [str(self.model), self.fault]
        environment = os.environ | {"POLARS_MAX_THREADS": "1"}  # as `foretell watch` has it
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)

    def wait_for(self, bar: int) -> None:
        """Wait until a bar has its entry."""
        ends = time.monotonic() + PATIENCE
        while self.last_entry() < START + bar * HOUR:
            time.sleep(PAUSE)
            if self.process.poll() is not None or time.monotonic() > ends:
                message = f"NO ENTRY of bar {bar}: it was left out, or the watch ended or hangs"
                raise LeftOut(message)

    def last_entry(self) -> int:
        """Open time of the last bar in the ledger."""
        try:
            with self.ledger.open("rb") as file:
                file.seek(-min(self.ledger.stat().st_size, 20_000), 2)
                lines = file.read().rsplit(b"\n", 2)
        except FileNotFoundError:
            return -1
        return json.loads(lines[-2]).get("time", -1) if len(lines) == 3 else -1


# -- the process that watches -------------------------------------------------------------------

COSTS = {
    "commit to the store": (Committer, "_commit"),
    "the model's step": (Watcher, "_forecast"),
    "append to the ledger": (LiveLedger, "append"),
}


async def child(url: str, place: str, ledger: str, model: str, fault: str) -> None:
    """Watch until told to end by SIGINT."""
    if fault:
        FAULTS[fault]()
    costs = {what: _timed(*of) for what, of in COSTS.items()}
    answers = _timed(Exchange, "page", ends=True)
    spent = _timed(Exchange, "page", ends=True, clock=time.process_time)
    order = Order(SYMBOL, base_url=url, clock=Clock(lambda: 0.0, _pause), rate_limit=False)
    forecaster, store = ft.Forecaster.load(model), Store(place, clock=lambda: 0.0)
    kept = LiveLedger(Path(ledger))
    bars: list[float] = []
    processor: list[float] = []  # of all threads; load on the machine hardly moves it
    try:
        async with aclosing(watched(order, forecaster, store, kept, print)) as steps:
            async for step in steps:
                line_of(step)
                bars.append(time.perf_counter() - (answers or [0.0])[-1])
                processor.append(time.process_time() - (spent or [0.0])[-1])
    finally:
        whole_bar = {"a bar, from the answer to its line": bars[1:]}
        print(json.dumps(whole_bar | {"of it, processor time": processor[1:]} | costs))


async def _pause(_seconds: float) -> None:
    await asyncio.sleep(PAUSE)


def _timed(
    owner: Any, name: str, *, ends: bool = False, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Have a method note how long it took, or when it ended."""
    plain, noted = getattr(owner, name), []

    def note(begun: float) -> None:
        now = clock()
        noted.append(now if ends else now - begun)

    @wraps(plain)
    async def awaited(*given: Any, **more: Any) -> Any:
        try:
            return await plain(*given, **more)
        finally:
            note(0.0)

    @wraps(plain)
    def called(*given: Any, **more: Any) -> Any:
        begun = clock()
        try:
            return plain(*given, **more)
        finally:
            note(begun)

    setattr(owner, name, awaited if asyncio.iscoroutinefunction(plain) else called)
    return noted


# -- faults to be found --------------------------------------------------------------------------


def _skip() -> None:
    """No entry for every seventh bar."""
    plain = Watcher._in_order  # noqa: SLF001
    Watcher._in_order = lambda self, rows: [  # type: ignore[method-assign]  # noqa: SLF001
        bar for bar in plain(self, rows) if bar["time"].timestamp() // HOUR % 7
    ]


def _double() -> None:
    """Two entries for every seventh bar."""
    plain = LiveLedger.append

    def append(self: LiveLedger, content: Any) -> None:
        plain(self, content)
        if isinstance(content, Entry) and not content.time // HOUR % 7:
            plain(self, content)

    LiveLedger.append = append  # type: ignore[method-assign]


def _forget() -> None:
    """A restart begins after the store's last bar instead of after the ledger's last entry."""
    begin, append = Watcher.__init__, LiveLedger.append

    def begun(self: Watcher, *given: Any) -> None:
        begin(self, *given)
        if any(isinstance(each, Chain) and each.entries for each in given):
            self._arrivals()

    def slow(self: LiveLedger, content: Any) -> None:
        time.sleep(0.2)  # a kill comes between store and ledger
        append(self, content)

    Watcher.__init__, LiveLedger.append = begun, slow  # type: ignore[method-assign]


FAULTS = {"skip": _skip, "double": _double, "forget": _forget}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bars", type=int, default=2_000)
    parser.add_argument("--restarts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fault", choices=FAULTS, default="", help="plant one, to see it found")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        with suppress(KeyboardInterrupt):
            asyncio.run(child(*given.child))
    else:
        raise SystemExit(main(given.bars, given.restarts, given.seed, given.fault))
