"""Candles with their revisions: which rows are news, and what was known at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
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
    time_T = rows["time"].to_physical().to_numpy()
    if (np.diff(time_T) > 0).all():  # as a rule nothing was revised
        return rows
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
    if stored.is_empty():
        return News(given, len(given), 0)
    # in NumPy: most writes are a row or two, for which polars would plan longer than it works
    stored_T, given_T = (frame["time"].to_physical().to_numpy() for frame in (stored, given))
    at_T = np.minimum(np.searchsorted(stored_T, given_T), len(stored_T) - 1)
    is_new_T = stored_T[at_T] != given_T
    differs_T = np.zeros(len(given_T), dtype=bool)
    for name in VALUES:
        differs_T |= given[name].to_numpy() != stored[name].to_numpy()[at_T]
    differs_T &= ~is_new_T
    news_T = is_new_T | differs_T
    rows = given if news_T.all() else given.filter(pl.Series(news_T))
    return News(rows, int(is_new_T.sum()), int(differs_T.sum()))
