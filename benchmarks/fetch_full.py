"""A disk that is full at every write of a small fetch: the store opens, and says what to do.

``python benchmarks/fetch_full.py [--step 50]``

RLIMIT_FSIZE stands for the full disk, as in ``store_full.py``. The manifest grows with each commit,
so that limits beyond its first size stop one write after the other.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from fetch_kills import rows_in
from foretell.errors import StoreError
from foretell.market import Order, fetched, whole
from foretell.store import Store
from scripted_exchange import START, Market, ScriptedExchange
from store_full import limited

LARGEST = 9_000
NAME = "BTC/USDT"


def main(step: int = 50) -> int:
    """Sweep the limit."""
    bad, stopped, kept = 0, 0, set()
    limits = range(0, LARGEST, step)
    with ScriptedExchange(
        [Market(NAME, listed=3, outages=[(20, 23)])], bars=90, page=6
    ) as exchange:
        for limit in limits:
            with tempfile.TemporaryDirectory() as folder:
                good, failed, bars = survives(exchange, Path(folder) / "store", limit)
            bad += not good
            stopped += failed
            kept.add(bars)
    print(
        f"{len(limits)} limits, {stopped} of which stopped a fetch, after {len(kept)} different "
        f"numbers of bars: {bad} stores not as they should be"
    )
    return int(bad > 0 or not stopped)


def survives(exchange: ScriptedExchange, place: Path, limit: int) -> tuple[bool, bool, int]:
    """Whether all is well, whether the disk was full, and how many bars were stored by then."""
    message = None
    with limited(limit):
        try:
            _fetch(exchange, place)
        except StoreError as error:
            message = str(error)
    store = Store(place)
    before = rows_in(store, NAME)
    good = before.items() <= exchange.truth(NAME).items()
    if message is not None:
        good &= "free some space" in message
    if (place / "manifest.json").exists():
        good &= store.verify().sound
    _fetch(exchange, place)
    good &= rows_in(store, NAME) == exchange.truth(NAME) and store.verify().sound
    return good, message is not None, len(before)


def _fetch(exchange: ScriptedExchange, place: Path) -> None:
    order = Order(
        [NAME], since=START, base_url=exchange.url, clock=exchange.time.clock, rate_limit=False
    )
    whole(fetched(order, Store(place)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=50)
    raise SystemExit(main(parser.parse_args().step))
