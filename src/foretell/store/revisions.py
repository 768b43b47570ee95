"""Candles with their revisions: which rows are news, and what was known at a time."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from foretell.store.pieces import VALUES

__all__ = ["News", "compare", "known", "latest"]


class News(NamedTuple):
    """What candles tell that was not known.

    Attributes
    ----------
    rows : polars.DataFrame
        Those that are new or revised.
    new, revised : int
        How many are not stored yet, and how many are stored with other values.
    """

    rows: pl.DataFrame
    new: int
    revised: int


def known(rows: pl.DataFrame, as_of: int | None) -> pl.DataFrame:
    """Rows that were seen at a time (in microseconds since 1970), by default all."""
    return rows if as_of is None else rows.filter(pl.col("seen").dt.epoch("us") <= as_of)


def latest(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a candle: that which was seen last. ``time`` and ``seen`` are of one series."""
    rows = rows.sort("time", "seen")
    return rows.filter(pl.col("time").ne_missing(pl.col("time").shift(-1)))


def compare(given: pl.DataFrame, stored: pl.DataFrame) -> News:
    """Find what is news.

    Parameters
    ----------
    given : polars.DataFrame
        Candles of one series, each once.
    stored : polars.DataFrame
        The latest known of it, over the same span at least.
    """
    values = stored.select("time", *(pl.col(name).alias(f"{name} stored") for name in VALUES))
    joined = given.join(values, on="time", how="left", maintain_order="left")
    is_new = pl.col("close stored").is_null()
    differs = pl.any_horizontal(
        pl.col(name) != pl.col(f"{name} stored") for name in VALUES
    ).fill_null(value=False)
    counts = joined.select(new=is_new.sum(), revised=differs.sum()).row(0)
    rows = joined.filter(is_new | differs).select(given.columns)
    return News(rows, int(counts[0]), int(counts[1]))
