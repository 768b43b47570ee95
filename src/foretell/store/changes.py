"""Changes to the store: rows that are news, and the same rows in fewer pieces."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import polars as pl

from foretell.store.folding import crowded, is_compact
from foretell.store.grid import check_grid
from foretell.store.pieces import KEY, VALUES, Key, Piece, made, merged
from foretell.store.progress import Report
from foretell.store.reading import over, rows_of
from foretell.store.revisions import News, compare, latest
from foretell.store.snapshot import Snapshot
from foretell.store.table import CANDLES
from foretell.store.writer import Writer

__all__ = ["Compacted", "Written", "add", "compact", "is_noted", "news"]

UTC = pl.Datetime("us", "UTC")
FEW = 64  # rows of a piece that are kept in memory for a while


class Written(NamedTuple):
    """What became of candles that were given to the store.

    Attributes
    ----------
    new, revised, unchanged : int
        Candles not stored before, stored with other values, and stored as they are.
    seen : datetime or None
        The time that was written with the new and revised ones; None where there were none.
        A read as of then sees them, and nothing later.
    """

    new: int
    revised: int
    unchanged: int
    seen: datetime | None


class Compacted(NamedTuple):
    """What compaction did.

    Attributes
    ----------
    before, after : int
        Data files in use.
    rows : int
        Rows that were moved; all are there, or there would be an error.
    deleted : int
        Files deleted that had been given up before.
    """

    before: int
    after: int
    rows: int
    deleted: int


def news(writer: Writer, part: pl.DataFrame, key: Key, seen: int) -> News:
    """What is new in candles of one series, as rows to store.

    Raises
    ------
    FrameError
        A candle is off the grid.
    """
    pieces = writer.snapshot.of(CANDLES, key)
    time_T = part["time"].dt.epoch("s").to_numpy()
    on_grid = pieces[0].first if pieces else None
    check_grid(time_T, part["row"].to_numpy(), key[2], on_grid)
    near = over(pieces, (int(time_T[0]), int(time_T[-1]) + 1))
    found = News(part, len(part), 0)
    if near:
        stored = writer.catalogue.rows(CANDLES, near, ["time", *VALUES, "seen"])
        found = compare(part, latest(stored))
    rows = found.rows.select(
        *(pl.lit(name).alias(column) for column, name in zip(KEY, key, strict=True)),
        "time", *VALUES, pl.lit(seen).cast(UTC).alias("seen"),
    )  # fmt: skip
    return found._replace(rows=rows)


def is_noted(stored: pl.DataFrame, gap: pl.DataFrame) -> bool:
    """Whether a gap is the last thing that was recorded of its bars."""
    near = stored.filter(pl.col("time") <= gap["last"][0], pl.col("last") >= gap["time"][0])
    same = near.join(gap, on=["time", "last", "reason"], how="semi")
    return not same.is_empty() and same["seen"].max() == near["seen"].max()


def add(writer: Writer, table: str, parts: list[pl.DataFrame], seen: int) -> None:
    """Commit rows, a part a series, and fold pieces where they have become many."""
    added: list[tuple[Piece, bytes]] = []
    removed: list[Piece] = []
    small: dict[str, pl.DataFrame] = {}
    for rows in parts:
        pieces = writer.snapshot.of(table, rows.row(0)[:3])
        old = crowded(pieces, len(rows))
        new = merged([rows_of(writer.place, table, old), rows]) if old else [made(rows)]
        if len(rows) <= FEW and not old:
            small[new[0][0].name] = rows
        added += new
        removed += old
    if added:
        writer.commit(table, added, removed, seen=seen)
    for name, rows in small.items():
        writer.catalogue.keep(name, rows)


def compact(writer: Writer, report: Report) -> Compacted:
    """Bring the rows of every series into as few pieces as they fit in."""
    snapshot = writer.snapshot
    todo = [
        (table, key)
        for table, held in snapshot.pieces.items()
        for key, pieces in sorted(held.items())
        if not is_compact(pieces)
    ]
    moved, before = 0, _count(snapshot)
    for done, (table, key) in enumerate(todo, 1):
        old = writer.snapshot.of(table, key)
        new = merged([rows_of(writer.place, table, old)])
        writer.commit(table, new, old)
        moved += sum(piece.rows for piece in old)
        report("compacting", done, len(todo))
    return Compacted(before, _count(writer.snapshot), moved, writer.sweep())


def _count(snapshot: Snapshot) -> int:
    return sum(len(pieces) for held in snapshot.pieces.values() for pieces in held.values())
