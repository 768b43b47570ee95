"""Gaps: bars that somebody has looked for and not found, less those that have come since."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from foretell.errors import UsageError
from foretell.series import instant
from foretell.store.grid import frequency, runs, stamps

__all__ = ["SCHEMA", "Gap", "holes", "recorded", "still_open"]

UTC = pl.Datetime("us", "UTC")
SCHEMA: dict[str, Any] = {
    "exchange": pl.String, "symbol": pl.String, "timeframe": pl.String,
    "first": UTC, "last": UTC, "bars": pl.Int64, "reason": pl.String, "seen": UTC,
}  # fmt: skip


class Gap(NamedTuple):
    """Bars that are missing, and why.

    Attributes
    ----------
    exchange, symbol, timeframe : str
    first, last : datetime, str or int
        Open times of the first and the last missing bar, in any form that a time has elsewhere.
    reason : str
    """

    exchange: str
    symbol: str
    timeframe: str
    first: Any
    last: Any
    reason: str


def recorded(gap: Gap, seen: int) -> pl.DataFrame:
    """A gap as a row of its table.

    Raises
    ------
    UsageError
        It ends before it begins, or has no such timeframe.
    """
    frequency(gap.timeframe)
    first, last = instant(gap.first), instant(gap.last)
    if last < first:
        message = f"the gap from {gap.first} to {gap.last} ends before it begins; turn it round"
        raise UsageError(message)
    times = {"time": first * 10**6, "last": last * 10**6, "seen": seen}
    row = dict(zip(("exchange", "symbol", "timeframe"), gap[:3], strict=True)) | {
        "time": times["time"], "last": times["last"], "reason": gap.reason, "seen": seen,
    }  # fmt: skip
    return pl.DataFrame([row]).with_columns(pl.col(*times).cast(UTC))


def still_open(rows: pl.DataFrame, time_T: np.ndarray, timeframe: str) -> pl.DataFrame:
    """Gaps of one series as they are now.

    Where several tell of the same bars, the last recorded one counts.

    Parameters
    ----------
    rows : polars.DataFrame
        The series' part of the table.
    time_T : ndarray of int64, shape (T,)
        Stamps of the candles there are, increasing.
    timeframe : str
    """
    if rows.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    step = frequency(timeframe)
    rows = rows.sort("seen", "time")
    spans = rows.select(pl.col("time", "last").dt.epoch("s")).rows()
    bars = [stamps(first, last, step) for first, last in spans]
    time_B = np.concatenate(bars)
    of_B = np.repeat(np.arange(len(bars)), [len(each) for each in bars])
    time_B, at = np.unique(time_B[::-1], return_index=True)  # the first of the reversed: the last
    of_B = of_B[::-1][at]
    missing_B = ~np.isin(time_B, time_T)
    return _gaps(rows, time_B[missing_B], of_B[missing_B], timeframe)


def _gaps(rows: pl.DataFrame, time_B: np.ndarray, of_B: np.ndarray, timeframe: str) -> pl.DataFrame:
    found = [
        (int(time_B[run][0]), int(time_B[run][-1]), run.stop - run.start, int(of_B[run][0]))
        for whole in runs(time_B, frequency(timeframe))
        for run in _of_one(whole, of_B)
    ]
    if not found:
        return pl.DataFrame(schema=SCHEMA)
    first, last, bars, of = (list(each) for each in zip(*found, strict=True))
    return rows[of].select(
        "exchange", "symbol", "timeframe",
        _times(first).alias("first"), _times(last).alias("last"),
        pl.Series("bars", bars, dtype=pl.Int64), "reason", "seen",
    )  # fmt: skip


def _of_one(run: slice, of_B: np.ndarray) -> list[slice]:
    ends = (np.flatnonzero(np.diff(of_B[run])) + 1 + run.start).tolist()
    edges = [run.start, *ends, run.stop]
    return [slice(*pair) for pair in pairwise(edges)]


def holes(time_T: np.ndarray, timeframe: str) -> list[tuple[int, int]]:
    """First and last bar of every hole in increasing stamps."""
    step = frequency(timeframe)
    parts = runs(time_T, step)
    found = []
    for before, after in pairwise(parts):
        left, right = int(time_T[before.stop - 1]), int(time_T[after.start])
        missing = stamps(left, right, step)[1:-1]
        found.append((int(missing[0]), int(missing[-1])))
    return found


def _times(seconds: list[int]) -> pl.Series:
    return (pl.Series(seconds, dtype=pl.Int64) * 10**6).cast(UTC)
