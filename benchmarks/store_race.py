"""One writer and eight readers at once: no lock error, no torn read.

``python benchmarks/store_race.py [--seconds 300] [--readers 8]``

The writer appends pages of two symbols in one write, and in every third revises the last page of
both to a new level. A reader asks for both in one read: they have to be the same but for their
name, without holes, and as long as before or longer. Pages are revised whole, so a page with two
levels is torn.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from foretell.store import Store, writer
from store_life import EXCHANGE, MINUTE, START, TIMEFRAME, candles

PAGE = 50


def main(seconds: float = 300.0, readers: int = 8) -> int:
    """Start all, and wait."""
    with tempfile.TemporaryDirectory() as name:
        roles = ["write", *["read"] * readers]
        processes = [
            subprocess.Popen(
                [sys.executable, __file__, "--role", role, "--folder", f"{name}/store",
                 "--seconds", str(seconds)],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )
            for role in roles
        ]  # fmt: skip
        told = [process.communicate()[0].strip() for process in processes]
        sound = Store(f"{name}/store").verify().sound
    for role, process, said in zip(roles, processes, told, strict=True):
        print(f"{role}: {said.splitlines()[-1] if said else ''} (exit code {process.returncode})")
    bad = sum(process.returncode != 0 for process in processes) + (not sound)
    print(f"{bad} of {len(processes)} processes saw something wrong")
    return int(bad > 0)


def write(folder: Path, seconds: float) -> None:
    """Write pages until time is up."""
    writer.KEPT_SECONDS = 1  # so that readers do come too late
    writer.CHECKPOINT = 8
    store, end, count = Store(folder), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        page, level = count - count // 3, 100.0 + count % 97
        if count % 3 == 2:
            page -= 1
        bars = range(page * PAGE, (page + 1) * PAGE)
        store.write(candles({(s, bar): level for s in "AB" for bar in bars}), EXCHANGE, TIMEFRAME)
        count += 1
        if count % 100 == 0:
            store.compact()
    print(f"{count:,} writes")


def read(folder: Path, seconds: float) -> None:
    """Read and check until time is up."""
    store, end = Store(folder), time.monotonic() + seconds
    while not (folder / "manifest.json").exists() or store.series().is_empty():
        time.sleep(0.01)
    count, longest = 0, 0
    while time.monotonic() < end:
        frame = store.read(EXCHANGE, ["A", "B"], TIMEFRAME)
        longest = check(frame, longest)
        count += 1
    print(f"{count:,} reads, the last of {2 * longest:,} candles")


def check(frame: pl.DataFrame, shortest: int) -> int:
    """Refuse a torn read; bars of a symbol."""
    first, second = (frame.filter(series=symbol).drop("series") for symbol in "AB")
    assert first.equals(second), "two symbols of one write differ"
    assert len(first) >= shortest, "candles have gone"
    times = START + MINUTE * pl.int_range(len(first), eager=True)
    assert (first["time"].dt.epoch("s") == times).all(), "a hole, or a candle twice"
    pages = first.group_by(pl.int_range(pl.len()) // PAGE).agg(
        levels=pl.col("open").n_unique(), bars=pl.len()
    )
    assert (pages["levels"] == 1).all(), "a page half revised"
    assert (pages["bars"] == PAGE).all(), "half a page"
    return len(first)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--role", choices=["all", "write", "read"], default="all")
    parser.add_argument("--folder", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    if given.role == "all":
        sys.exit(main(given.seconds, given.readers))
    {"write": write, "read": read}[given.role](given.folder, given.seconds)
