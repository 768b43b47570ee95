"""What a pipeline gave, in bits, so that two runs can be compared.

Axes: R rows of forecasts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
import polars as pl

from foretell.errors import FrameError
from foretell.proof.tape import Tape, key_column
from foretell.series import SERIES_NAMES, table, utc

__all__ = ["Difference", "Output"]

ORIGIN_NAMES = ("origin", "cutoff")
KEYS = ("series", "origin", "horizon", "number")


@dataclass(frozen=True)
class Difference:
    """Where two runs differ.

    Attributes
    ----------
    kind : {"learned", "missing", "extra", "values"}
    columns : tuple of str
        What differs, by name; empty where rows do.
    series : str or None
    origin : int or None
        First origin that differs, in seconds since 1970; None where something learned does.
    """

    kind: str
    columns: tuple[str, ...]
    series: str | None = None
    origin: int | None = None


@dataclass(frozen=True)
class Output:
    """Forecasts, and what was learned to make them.

    Attributes
    ----------
    frame : polars.DataFrame
        ``series, origin, horizon``, ``number`` among rows with these the same, ``known`` (when
        the origin has closed; both in seconds since 1970), then every forecast column, floats
        as their bits.
    learned : mapping of str to ndarray
        Fitted parameters, which must not change with any future.
    """

    frame: pl.DataFrame
    learned: Mapping[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def read(cls, result: Any, tape: Tape, ignore: tuple[str, ...] = ()) -> Self:
        """Read a table of forecasts of any kind.

        Parameters
        ----------
        result : object
            With ``origin`` (or Nixtla's ``cutoff``), ``series`` if there are several, perhaps
            ``horizon``, and columns with forecasts.
        tape : Tape
            The frame they came from.
        ignore : tuple of str
            Columns that are no forecasts, such as the target's actual value.

        Raises
        ------
        FrameError
            There is no column with origins, or none with forecasts.
        """
        given = table(result)
        origin = key_column(given, ORIGIN_NAMES)
        if given.is_empty():
            schema = dict.fromkeys((*KEYS, "known"), pl.Int64) | {"series": pl.String}
            return cls(pl.DataFrame(schema=schema))
        have = f"columns: {', '.join(given.columns) or 'none'}"
        if origin is None:
            message = f"the pipeline's forecasts have no column 'origin' ({have}); add it: the "
            raise FrameError(message + "open time of the last bar that a forecast knows")
        series = key_column(given, SERIES_NAMES)
        horizon = key_column(given, ("horizon",))
        rest = [name for name in given.columns if name not in {series, origin, horizon, *ignore}]
        if not rest:
            message = f"the pipeline's table holds no forecasts ({have}); add a column of them"
            raise FrameError(message)
        frame = given.select(
            series=pl.col(series).cast(pl.String) if series else pl.lit(tape.names[0]),
            origin=utc(given[origin]).dt.epoch("s"),
            horizon=pl.col(horizon).cast(pl.Int64) if horizon else pl.lit(0, pl.Int64),
        ).with_columns(**{f"={name}": _bits(given[name]) for name in rest})
        known = pl.Series("known", _known(tape, frame))
        number = pl.int_range(pl.len()).over(KEYS[:3]).alias("number")
        return cls(frame.with_columns(number, known).sort(KEYS))

    @cached_property
    def sha256(self) -> str:
        """Hash over keys and bits."""
        text = self.frame.write_csv()
        return hashlib.sha256(text.encode()).hexdigest()

    def difference(self, other: Output, cut: int | None = None) -> Difference | None:
        """Compare with another run, up to an instant.

        Parameters
        ----------
        other : Output
        cut : int, optional
            Forecasts known by then are compared; by default all.
        """
        learned = _changed(self.learned, other.learned)
        if learned:
            return Difference("learned", learned)
        ours, theirs = (each.frame if cut is None else each.frame.filter(pl.col("known") <= cut)
                        for each in (self, other))  # fmt: skip
        if ours.equals(theirs) or (ours.is_empty() and theirs.is_empty()):
            return None
        return _rows(ours, theirs) or _rows(theirs, ours, "extra") or _values(ours, theirs)

    def at(self, series: str, origin: int) -> Output:
        """The forecasts from one origin alone."""
        return Output(self.frame.filter(pl.col("series") == series, pl.col("origin") == origin))


def _known(tape: Tape, frame: pl.DataFrame) -> np.ndarray:
    series_R, time_R = frame["series"].to_numpy().astype(str), frame["origin"].to_numpy()
    known_R = np.empty_like(time_R)
    for name in np.unique(series_R):
        of_one = series_R == name
        known_R[of_one] = tape.closes(str(name), time_R[of_one])
    return known_R


def _bits(column: pl.Series) -> pl.Series:
    """Floats as whole numbers, all NaN alike; plain comparison would take -0.0 for 0.0."""
    if not column.dtype.is_float():
        return column
    wide = column.cast(pl.Float64)  # exact, and keeps apart what is apart
    value_R = wide.fill_null(0.0).to_numpy().copy()
    value_R[np.isnan(value_R)] = np.nan
    bits = pl.DataFrame({"bits": value_R.view(np.int64), "value": wide})
    return bits.select(pl.when(pl.col("value").is_not_null()).then("bits"))["bits"]


def _changed(ours: Mapping[str, np.ndarray], theirs: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    names = sorted(ours.keys() | theirs.keys())
    return tuple(
        name for name in names
        if name not in ours or name not in theirs
        or ours[name].shape != theirs[name].shape
        or ours[name].tobytes() != theirs[name].tobytes()
    )  # fmt: skip


def _rows(ours: pl.DataFrame, theirs: pl.DataFrame, kind: str = "missing") -> Difference | None:
    """The first row that only one of the two has."""
    alone = ours.join(theirs.select(KEYS), on=KEYS, how="anti")
    return _first(alone, kind, ()) if len(alone) else None


def _values(ours: pl.DataFrame, theirs: pl.DataFrame) -> Difference | None:
    columns = [name for name in ours.columns if name.startswith("=")]
    differs = pl.DataFrame(
        [
            ours[name].ne_missing(theirs[name]).alias(name)
            if name in theirs.columns and ours[name].dtype == theirs[name].dtype
            else pl.repeat(value=True, n=len(ours), eager=True).alias(name)
            for name in columns
        ]
    )
    changed = tuple(name.removeprefix("=") for name in columns if differs[name].any())
    any_of_them = differs.select(pl.any_horizontal(pl.all()).alias("any"))["any"]
    return _first(ours.filter(any_of_them), "values", changed)


def _first(rows: pl.DataFrame, kind: str, columns: tuple[str, ...]) -> Difference | None:
    if rows.is_empty():
        return None
    series, origin = rows.sort("origin", "series").select("series", "origin").row(0)
    return Difference(kind, columns, series, origin)
