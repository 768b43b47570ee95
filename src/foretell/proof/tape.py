"""A frame as it becomes known: which bar closes when, and the frame with some bars changed.

Axes: N rows of the frame, in the order given.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import polars as pl

from foretell.errors import DataError, FrameError
from foretell.series import (
    KNOWN,
    PRICES,
    SERIES_NAMES,
    TIME_NAMES,
    Frequency,
    Sequence,
    fingerprint,
    table,
    utc,
    with_role,
)

__all__ = ["Tape", "key_column"]


@dataclass(frozen=True)
class Tape:
    """All bars of a frame, each with the instant at which it is known.

    A bar is named by its open and known at its close, so a daily bar of a frame that also has
    hourly ones is known 23 hours after the hourly bar of the same stamp.

    Attributes
    ----------
    given : object
        The frame as it came.
    frame : polars.DataFrame
        The same as polars.
    series_N : ndarray of str, shape (N,)
    time_N, known_N : ndarray of int64, shape (N,)
        Open and close of each bar, in seconds since 1970.
    numbers, labels : tuple of str
        Columns with numbers, and with anything else that is not a time.
    known : tuple of str
        Columns with numbers that are known in advance.
    reach : int
        So many bars: the declared exception to causality.
    """

    given: Any
    frame: pl.DataFrame
    series_N: np.ndarray
    time_N: np.ndarray
    known_N: np.ndarray
    numbers: tuple[str, ...]
    labels: tuple[str, ...]
    known: tuple[str, ...] = ()
    reach: int = 0

    @classmethod
    def read(cls, source: Any, reach: int = 0) -> Self:
        """Read what `foretell.series.table` reads; extra columns are kept.

        Parameters
        ----------
        source : path or object
        reach : int
            How many bars ahead columns that the frame marks as known in advance may be used.

        Raises
        ------
        FrameError
            There is no time column, or a price is not a number.
        """
        frame = table(source)
        time = key_column(frame, TIME_NAMES)
        if time is None or frame.is_empty():
            message = f"no bars with a time (columns: {', '.join(frame.columns)}); name it 'time'"
            raise FrameError(message)
        time_N = utc(frame[time]).dt.epoch("s").to_numpy()
        series = key_column(frame, SERIES_NAMES)
        names = frame[series].cast(pl.String).to_list() if series else ["series"] * len(frame)
        series_N = np.array(names, dtype=str)
        rest = [name for name in frame.columns if name != series and not _is_time(frame, name)]
        known = with_role(rest, KNOWN) if reach else ()
        rest = [name for name in rest if name not in known]
        numbers = tuple(name for name in rest if frame[name].dtype.is_numeric())
        labels = tuple(name for name in rest if name not in numbers)
        _refuse_text(labels)
        known_N = np.empty_like(time_N)
        for name in np.unique(series_N):
            of_one = series_N == name
            known_N[of_one] = _closes(time_N[of_one])
        return cls(source, frame, series_N, time_N, known_N, numbers, labels, known, reach)

    @cached_property
    def prices(self) -> dict[str, str]:
        """The frame's own names of open, high, low and close, where it has them."""
        lower = {name.lower().strip(): name for name in self.numbers}
        return {name: lower[name] for name in PRICES if name in lower}

    @cached_property
    def names(self) -> list[str]:
        """Names of the series, sorted."""
        return [str(name) for name in np.unique(self.series_N)]

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the series; equal to a model's for the same candles."""
        kept = list(self.prices.values())
        columns = (*kept, *(name for name in self.numbers if name not in kept), *self.known)
        value_NC = self.frame.select(pl.col(columns).cast(pl.Float64)).to_numpy()
        rows = dict.fromkeys(self.series_N.tolist())
        grid = Frequency(1)
        return fingerprint(
            [
                Sequence(name, grid, columns, self.time_N[of_one], value_NC[of_one])
                for name in rows
                for of_one in [self.series_N == name]
            ]
        )

    def closes(self, series: str, times: np.ndarray) -> np.ndarray:
        """When bars of a series with given opens are known; the stamps need not be in the frame."""
        of_one = self.series_N == series
        if not of_one.any():  # such as a portfolio of all: known with the quickest bars
            lags = self.known_N - self.time_N
            known: np.ndarray = times + lags.min()
            return known
        order = np.argsort(self.time_N[of_one])
        opens, closes = self.time_N[of_one][order], self.known_N[of_one][order]
        place = np.clip(np.searchsorted(opens, times), 0, len(opens) - 1)
        found: np.ndarray = times + (closes - opens)[place]
        return found

    def later(self, cut: int) -> np.ndarray:
        """Mark the rows that are not yet known at an instant."""
        unknown_N: np.ndarray = self.known_N > cut
        return unknown_N

    def beyond(self, cut: int) -> np.ndarray:
        """Of the rows not yet known, mark those of which nothing is known in advance either."""
        beyond_N = self.later(cut)
        for name in self.names if self.known else []:
            rows = np.flatnonzero(beyond_N & (self.series_N == name))
            beyond_N[rows[np.argsort(self.time_N[rows])][: self.reach]] = False
        return beyond_N

    def first_of_each(self, rows_N: np.ndarray) -> np.ndarray:
        """Of marked rows, keep the earliest of every series."""
        first_N = np.zeros_like(rows_N)
        for name in self.names:
            of_one = np.flatnonzero(rows_N & (self.series_N == name))
            if of_one.size:
                first_N[of_one[np.argmin(self.time_N[of_one])]] = True
        return first_N

    def holes(self) -> np.ndarray:
        """Instants just before a gap in time, and at a value that is missing."""
        missing = pl.any_horizontal(
            pl.col(name).is_null() | pl.col(name).cast(pl.Float64).is_nan().fill_null(value=True)
            for name in self.numbers
        )
        hole_N = self.frame.select(missing.alias("hole"))["hole"].to_numpy().copy()
        for name in self.names:
            rows = np.flatnonzero(self.series_N == name)
            rows = rows[np.argsort(self.time_N[rows])]
            hole_N[rows[:-1]] |= self.time_N[rows[1:]] > self.known_N[rows[:-1]]
        instants: np.ndarray = np.unique(self.known_N[hole_N])
        return instants

    def emptied(self, rows_N: np.ndarray) -> Any:
        """The frame with nothing in marked rows but what is known of them in advance."""
        begun = np.isin(self.series_N, self.series_N[~rows_N])
        kept = pl.when(~pl.Series(rows_N)).then(pl.col(*self.numbers, *self.labels))
        return self.frame.with_columns(kept.name.keep()).filter(begun)

    def without(self, rows_N: np.ndarray) -> Any:
        """The frame as it came, without marked rows."""
        if hasattr(self.given, "iloc"):
            return self.given[~rows_N].copy()
        return self.frame.filter(~rows_N)

    def replaced(self, rows_N: np.ndarray, other: dict[str, pl.Series]) -> Any:
        """The frame as it came, with marked rows taken from other columns; holes stay holes."""
        marked = pl.Series(rows_N)
        changed = {
            name: self.frame.select(
                pl.when(marked & self.frame[name].is_not_null())
                .then(column)
                .otherwise(pl.col(name))
                .alias(name)
            )[name]
            for name, column in other.items()
        }
        if not hasattr(self.given, "iloc"):
            return self.frame.with_columns(**changed)
        own = {str(name): name for name in self.given.columns}
        copy = self.given.copy()
        for name, column in changed.items():
            values = column.to_numpy() if name in self.numbers else column.to_list()
            copy[own[name]] = values
        return copy


def key_column(frame: pl.DataFrame, names: tuple[str, ...]) -> str | None:
    """The frame's own spelling of the first of some names that it has."""
    lower = {name.lower().strip(): name for name in reversed(frame.columns)}
    return next((lower[name] for name in names if name in lower), None)


def _is_time(frame: pl.DataFrame, name: str) -> bool:
    plain = name.lower().strip()
    return plain in TIME_NAMES or plain.endswith("time") or frame[name].dtype.is_temporal()


def _refuse_text(labels: tuple[str, ...]) -> None:
    for name in labels:
        if name.lower().strip() in PRICES:
            message = f"column {name!r} does not hold numbers; cast it before the audit"
            raise FrameError(message)


def _closes(time_N: np.ndarray) -> np.ndarray:
    """Close of every bar of one series, from its open."""
    stamps = np.unique(time_N)
    try:
        grid = Frequency.infer(stamps)
    except DataError:  # too short or without a grid: the commonest step, or a second
        gaps = np.diff(stamps)
        values, counts = np.unique(gaps, return_counts=True)
        step = int(values[np.argmax(counts)]) if gaps.size else 1
        return time_N + step
    if grid.months:
        return np.array([grid.following(int(time), 1)[0] for time in time_N], dtype=np.int64)
    return time_N + grid.seconds
