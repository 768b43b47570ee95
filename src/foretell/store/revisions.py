"""Candles with their revisions: which rows are news, and what was known at a time."""

from __future__ import annotations

import polars as pl

from foretell.store.pieces import VALUES

__all__ = ["compare", "latest"]


def latest(rows: pl.DataFrame, as_of: int | None = None) -> pl.DataFrame:
    """One row a candle: that which was seen last.

    Parameters
    ----------
    rows : polars.DataFrame
        Of one series, with ``time`` and ``seen``.
    as_of : int, optional
        Microseconds since 1970; what was seen later is not known.
    """
    if as_of is not None:
        rows = rows.filter(pl.col("seen").dt.epoch("us") <= as_of)
    rows = rows.sort("time", "seen")
    return rows.filter(pl.col("time").ne_missing(pl.col("time").shift(-1)))


def compare(given: pl.DataFrame, stored: pl.DataFrame) -> tuple[pl.DataFrame, int, int]:
    """Find what is news.

    Parameters
    ----------
    given : polars.DataFrame
        Candles of one series, each once.
    stored : polars.DataFrame
        The latest known of it, over the same span at least.

    Returns
    -------
    news : polars.DataFrame
        Rows of `given` that are not stored, or that are stored with other values.
    new, revised : int
        How many of each.
    """
    known = stored.select("time", *(pl.col(name).alias(f"{name} stored") for name in VALUES))
    joined = given.join(known, on="time", how="left", maintain_order="left")
    is_new = pl.col("close stored").is_null()
    differs = pl.any_horizontal(
        pl.col(name) != pl.col(f"{name} stored") for name in VALUES
    ).fill_null(value=False)
    counts = joined.select(new=is_new.sum(), revised=differs.sum()).row(0)
    news = joined.filter(is_new | differs).select(given.columns)
    return news, int(counts[0]), int(counts[1])
