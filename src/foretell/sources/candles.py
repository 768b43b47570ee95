"""From the rows of an answer to candles: in order, each once, within the span, and possible."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from foretell.series import Frequency, possible

__all__ = ["Cleaned", "cleaned", "frame_of"]

HOUR = 3_600


class Cleaned(NamedTuple):
    """Candles of one answer.

    Attributes
    ----------
    time_T : ndarray of int64, shape (T,)
        Open times in seconds since 1970, increasing.
    values_TV : ndarray of float64, shape (T, 5)
        Open, high, low, close and volume.
    unusable_B : ndarray of int64, shape (B,)
        Open times in the span whose candles cannot be.
    goes_on : bool
        Whether the answer also has bars after the span, which proves that no more are in it.
    """

    time_T: np.ndarray
    values_TV: np.ndarray
    unusable_B: np.ndarray
    goes_on: bool


def cleaned(rows: Rows[Rows[Any]], first: int, last: int, step: Frequency) -> Cleaned:
    """Sort, drop repetitions and what lies outside, and set aside what cannot be.

    Of a bar that stands twice, the later one counts.

    Parameters
    ----------
    rows : sequence of sequences
        Open time in milliseconds, open, high, low, close, volume.
    first, last : int
        The span in seconds since 1970, both included; every bar in it must be closed.
    step : Frequency
    """
    table_TC = np.array([row[:6] for row in rows], dtype=np.float64).reshape(-1, 6)[::-1]
    time_T, at = np.unique(table_TC[:, 0] / 1_000, return_index=True)
    values_TV = table_TC[at, 1:]
    inside_T = (time_T >= first) & (time_T <= last)
    usable_T = possible(values_TV) & _on_grid(time_T, step)
    kept_T = inside_T & usable_T
    return Cleaned(
        time_T[kept_T].astype(np.int64),
        values_TV[kept_T],
        time_T[inside_T & ~usable_T].astype(np.int64),
        bool((time_T > last).any()),
    )


def _on_grid(time_T: np.ndarray, step: Frequency) -> np.ndarray:
    """Steps of up to an hour begin on the full step; what is longer may begin elsewhere."""
    if step.seconds > HOUR:
        return np.asarray(time_T % 1 == 0)
    return np.asarray(time_T % step.seconds == 0)


def frame_of(symbol: str, found: Cleaned) -> pl.DataFrame:
    """Candles in foretell's frame format."""
    names = pl.Series("series", [symbol] * len(found.time_T), dtype=pl.String)
    times = pl.Series("time", found.time_T * 10**6).cast(pl.Datetime("us", "UTC"))
    values = zip(("open", "high", "low", "close", "volume"), found.values_TV.T, strict=True)
    return pl.DataFrame([names, times, *(pl.Series(name, value_T) for name, value_T in values)])
