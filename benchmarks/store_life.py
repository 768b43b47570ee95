"""A life of a store, step by step, and what it has to hold after each: shared by its proofs.

``python benchmarks/store_life.py FOLDER FIRST`` lives it from a step on, printing the number of
each that is done, until it is killed.

A step writes an overlapping page of two symbols, revises bars, adds one bar to a third symbol,
notes a gap and fills part of it, or compacts. `Model` holds the same in a dictionary.
"""

from __future__ import annotations

import sys
from copy import deepcopy
from datetime import datetime
from pathlib import Path

import polars as pl

from foretell.store import Gap, Store, folding, writer

EXCHANGE, TIMEFRAME = "loopback", "1m"
MINUTE, START = 60, 1_700_000_040
PAGE, OVERLAP = 20, 5

Rows = dict[tuple[str, int], float]
Contents = tuple[list[tuple[str, int, float]], int, set[int]]  # bars, revisions, missing bars


def hasten() -> None:
    """Make rare things frequent: checkpoints, folding of pieces."""
    writer.CHECKPOINT = 4
    folding.WIDTH = 3


def candles(rows: Rows) -> pl.DataFrame:
    """Candles whose values all follow from one number."""
    keys, levels = list(rows), pl.Series(list(rows.values()), dtype=pl.Float64)
    times = pl.Series([START + MINUTE * bar for _, bar in keys], dtype=pl.Int64) * 10**6
    return pl.DataFrame(
        {"series": [symbol for symbol, _ in keys], "time": times.cast(pl.Datetime("us", "UTC"))}
    ).with_columns(
        open=levels, high=levels + 2, low=levels / 2, close=levels + 1, volume=levels * 3
    )


class Model:
    """What a store holds after some steps."""

    def __init__(self) -> None:
        self.steps = 0
        self.bars: Rows = {}
        self.revised = 0
        self.noted: set[int] = set()

    def page(self, step: int) -> Rows:
        """The candles of a step; none where it does something else."""
        base, kind = (PAGE - OVERLAP) * (step // 8), step % 8
        if kind in {0, 1}:
            return {(s, base + i): 100.0 + (base + i) % 50 for s in ("A", "B") for i in range(PAGE)}
        if kind == 2:
            return {("A", base + i): 500.0 + step % 7 for i in range(4)}
        if kind in {3, 4, 5}:
            return {("C", 3 * (step // 8) + kind - 3): 10.0 + step % 3}
        return {("D", 100 * (step // 8) + 2): 5.0} if kind == 6 else {}

    def advance(self) -> None:
        """Do the next step."""
        for key, level in self.page(self.steps).items():
            self.revised += key in self.bars and self.bars[key] != level
            self.bars[key] = level
        if self.steps % 8 == 6:
            first = 100 * (self.steps // 8)
            self.noted |= set(range(first, first + 5))
        self.steps += 1

    def contents(self) -> Contents:
        """In the form of `contents`."""
        missing = {bar for bar in self.noted if ("D", bar) not in self.bars}
        return (
            sorted((s, bar, level) for (s, bar), level in self.bars.items()),
            self.revised,
            missing,
        )


def act(store: Store, step: int) -> None:
    """Do a step with a store."""
    page = Model().page(step)
    if step % 8 == 6:
        first = START + MINUTE * 100 * (step // 8)
        gap = Gap(EXCHANGE, "D", TIMEFRAME, first, first + 4 * MINUTE, "asked, and not there")
        with store.writing():  # one after the other: a step may be killed between the two
            store.note_gaps([gap])
            store.write(candles(page), EXCHANGE, TIMEFRAME)
    elif page:
        store.write(candles(page), EXCHANGE, TIMEFRAME)
    else:
        store.compact()


def contents(store: Store) -> Contents:
    """Everything a store says: bars, number of revisions, missing bars."""
    series = store.series()
    symbols = series["symbol"].to_list()
    frame = store.read(EXCHANGE, symbols, TIMEFRAME) if symbols else candles({})
    bars = (frame["time"].dt.epoch("s") - START) // MINUTE
    rows = sorted(zip(frame["series"], bars, frame["open"], strict=True))
    missing = {
        bar
        for gap in store.gaps().iter_rows(named=True)
        for bar in range(_bar(gap["first"]), _bar(gap["last"]) + 1)
    }
    return rows, series["revisions"].sum(), missing


def fits(store: Store, model: Model) -> bool:
    """Whether a store holds what the steps made, or what the next one or a part of it adds.

    Where all of the next one is there, the model is taken on to its end.
    """
    held, before = contents(store), model.contents()
    if held == before:
        return True
    following = deepcopy(model)
    following.advance()
    after = following.contents()
    if held == after:
        model.__dict__ |= following.__dict__
        return True
    # A gap is noted before one of its bars is written.
    noted = after[2] | {100 * (model.steps // 8) + 2}
    return model.steps % 8 == 6 and held == (*before[:2], noted)


def _bar(time: datetime) -> int:
    return (int(time.timestamp()) - START) // MINUTE


def main() -> None:
    """Live until killed."""
    hasten()
    store = Store(Path(sys.argv[1]))
    print("ready", flush=True)
    step = int(sys.argv[2])
    while True:
        act(store, step)
        print(step, flush=True)
        step += 1


if __name__ == "__main__":
    main()
