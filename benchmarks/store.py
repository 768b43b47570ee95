"""How fast the store is: an import, a million candles read, pages appended, one bar at a time.

``python benchmarks/store.py ../shared/data/binance/1h.parquet [--candles 1000000] [--bars 500]``
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from foretell.store import Store, import_candles

MINUTE, START = 60, 1_500_000_000
PAGE, SYMBOLS, BUFFERED = 1_000, 10, 10
T = TypeVar("T")


def main(data: Path | None, candles: int = 1_000_000, bars: int = 500) -> int:
    """Measure, each in a store of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if data is not None:
            import_file(Store(folder / "import"), data)
        read_million(folder / "million", candles)
        append_pages(Store(folder / "pages"), candles // 5)
        append_bars(Store(folder / "bars"), bars)
    return 0


def import_file(store: Store, data: Path) -> None:
    """A file of many symbols."""
    seconds, (brought,) = timed(lambda: import_candles(store, [data], "binance", "1h"))
    print(f"import of {brought.new:,} candles of {len(brought.symbols)} symbols: {seconds:.2f} s")


def read_million(folder: Path, count: int) -> None:
    """One series, written at once; read by a store that has just been opened, and again."""
    frame = walk("BTC/USDT", count)
    seconds, _ = timed(lambda: Store(folder).write(frame, "loopback", "1m"))
    print(f"write of {count:,} candles at once: {seconds:.2f} s")
    reads = []
    for _ in range(5):
        seconds, read = timed(lambda: Store(folder).read("loopback", "BTC/USDT", "1m"))
        reads.append(seconds)
    assert read.equals(frame)
    print(f"read of {count:,} candles, store opened anew: {statistics.median(reads):.3f} s")


def append_pages(store: Store, count: int) -> None:
    """Pages of some symbols, a few of each to a commit, as a fetcher would buffer them."""
    frames = [walk(f"COIN{number}/USDT", count // SYMBOLS) for number in range(SYMBOLS)]
    span = PAGE * BUFFERED // SYMBOLS
    parts = [
        pl.concat(frame[first : first + span] for frame in frames)
        for first in range(0, count // SYMBOLS, span)
    ]

    def append() -> None:
        with store.writing():
            for part in parts:
                store.write(part, "loopback", "1m")

    seconds, _ = timed(append)
    each = 1_000 * seconds / max(len(parts), 1)
    print(f"{count:,} candles of {SYMBOLS} symbols in commits of {BUFFERED * PAGE:,}: "
          f"{count / seconds:,.0f} candles/s, {each:.0f} ms a commit")  # fmt: skip
    names = [f"COIN{number}/USDT" for number in range(SYMBOLS)]
    seconds, read = timed(lambda: Store(store.path).read("loopback", names, "1m"))
    assert read.equals(pl.concat(frames))
    print(f"all of them read back, store opened anew: {seconds:.3f} s")


def append_bars(store: Store, count: int) -> None:
    """One bar a commit, as a watcher does."""
    frame = walk("BTC/USDT", count)
    bars = [frame[at : at + 1] for at in range(count)]
    times = []
    with store.writing():
        for bar in bars:
            seconds, _ = timed(lambda bar=bar: store.write(bar, "loopback", "1m"))
            times.append(1_000 * seconds)
    quantiles = np.quantile(times, [0.5, 0.9, 1.0])
    print("one bar a commit, milliseconds: median {:.1f}, 90% {:.1f}, longest {:.1f}, "
          "mean {:.1f}".format(*quantiles, np.mean(times)))  # fmt: skip
    seconds, _ = timed(lambda: Store(store.path).read("loopback", "BTC/USDT", "1m"))
    print(f"these {count:,} bars read back, store opened anew: {seconds:.3f} s")


def walk(symbol: str, count: int) -> pl.DataFrame:
    """Candles of a random walk, with as many digits as a market has."""
    rng = np.random.default_rng(0)
    close = np.round(30_000 * np.exp(np.cumsum(0.0005 * rng.normal(size=count))), 2)
    opened = np.append(30_000.0, close[:-1])
    wick = np.round(20 * rng.random(count), 2)
    times = pl.Series(START + MINUTE * np.arange(count)) * 10**6
    return pl.DataFrame(
        {"series": [symbol] * count, "time": times.cast(pl.Datetime("us", "UTC"))}
    ).with_columns(
        open=opened, high=np.maximum(opened, close) + wick, low=np.minimum(opened, close) - wick,
        close=close, volume=np.round(rng.lognormal(2.0, 1.0, count), 5),
    )  # fmt: skip


def timed(action: Callable[[], T]) -> tuple[float, T]:
    """Seconds that something took, and what it gave."""
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--candles", type=int, default=1_000_000)
    parser.add_argument("--bars", type=int, default=500)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(**vars(_arguments())))
