"""A fetch killed with SIGKILL at random points, and resumed: no candle lost, doubled or altered.

``python benchmarks/fetch_kills.py [--kills 200] [--seed 0]``

After each kill the store is verified and compared with the truth before anything puts it right. The
exchange counts how often it served each candle: what a kill costs is fetched again.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from foretell.market import Order, fetched, whole
from foretell.store import Store
from scripted_exchange import START, STEPS, Market, ScriptedExchange

HOUR = STEPS["1h"]
PAGE, PAGES_PER_LIFE = 50, 4
LONGEST = 0.03  # seconds after an answer at which the kill comes, at most
PATIENCE = 60.0  # seconds until a process that does not fetch is given up


def main(kills: int = 200, seed: int = 0) -> int:
    """Kill, look, go on; in the end compare."""
    draw = random.Random(seed)  # noqa: S311
    bars = PAGE * PAGES_PER_LIFE * (kills + 1)
    markets = [
        Market("BTC/USDT", listed=30, outages=_outages(draw, bars)),
        Market("ETH/USDT", outages=_outages(draw, bars)),
    ]
    bad = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        ScriptedExchange(markets, bars=bars, page=PAGE) as exchange,
    ):
        place, done = Path(folder) / "store", 0
        while done < kills and _killed(exchange, place, draw):
            done += 1
            bad += not _sound(exchange, place)
        _fetch(exchange.url, place)
        store = Store(place)
        for market in markets:
            bad += rows_in(store, market.name) != exchange.truth(market.name)
            again = _again(exchange, market.name)
            bad += again > done * (PAGE + 1)
            print(f"{market.name}: {again / max(done, 1):.1f} candles fetched twice per kill")
        bad += not store.verify().sound
    print(f"{done} kills over {bars:,} bars of 2 symbols, pages of {PAGE}: {bad} faults")
    return int(bad > 0 or done < kills)


def _outages(draw: random.Random, bars: int) -> list[tuple[int, int]]:
    firsts = draw.sample(range(40, bars), k=min(bars // 150, bars - 40))
    return [(first, first + draw.randrange(6)) for first in firsts]


def _killed(exchange: ScriptedExchange, place: Path, draw: random.Random) -> bool:
    """One life; False where it came to its end first."""
    wanted = exchange.asked.total() + draw.randint(1, 2 * PAGES_PER_LIFE - 1)
    process = subprocess.Popen([sys.executable, __file__, "--child", exchange.url, str(place)])
    ends = time.monotonic() + PATIENCE
    while exchange.asked.total() < wanted and process.poll() is None and time.monotonic() < ends:
        time.sleep(0.001)
    time.sleep(draw.uniform(0.0, LONGEST))
    alive = process.poll() is None
    process.kill()
    process.wait()
    return alive


def _sound(exchange: ScriptedExchange, place: Path) -> bool:
    store = Store(place)
    if not (place / "manifest.json").exists():
        return True
    true = all(
        rows_in(store, each.name).items() <= exchange.truth(each.name).items()
        for each in exchange.markets.values()
    )
    return true and store.verify().sound


def rows_in(store: Store, name: str) -> dict[int, tuple[float, ...]]:
    """What the store holds, as the exchange tells its truth."""
    if not len(store.series().filter(symbol=name)):
        return {}
    frame = store.read("binance", name, "1h")
    assert frame["time"].is_unique().all()
    values = zip(*(frame[column] for column in frame.columns[2:]), strict=True)
    return dict(zip(frame["time"].dt.epoch("s"), values, strict=True))


def _again(exchange: ScriptedExchange, name: str) -> int:
    served = Counter({bar: n for (of, bar), n in exchange.served.items() if of == name})
    return served.total() - len(served)


def _fetch(url: str, place: Path) -> None:
    names = ["BTC/USDT", "ETH/USDT"]
    order = Order(names, since=START, base_url=url, rate_limit=False)
    whole(fetched(order, Store(place)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        _fetch(given.child[0], Path(given.child[1]))
    else:
        raise SystemExit(main(given.kills, given.seed))
