"""Anything tabular in, a polars frame out; nothing is checked here but readability."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from foretell.errors import DataError, UsageError

__all__ = ["table"]


def _csv(path: Path, separator: str = ",") -> pl.DataFrame:
    # Types are inferred from all rows: a column may turn from whole numbers to fractions late.
    frame = pl.read_csv(path, infer_schema_length=None, separator=separator)
    if any(UNREADABLE in name for name in frame.columns):  # polars checks the rows alone
        message = "its header is not UTF-8 text"
        raise ValueError(message)
    return frame


UNREADABLE = "\N{REPLACEMENT CHARACTER}"
READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".csv": _csv,
    ".gz": _csv,
    ".txt": _csv,
    ".tsv": partial(_csv, separator="\t"),
    ".parquet": pl.read_parquet,
    ".pq": pl.read_parquet,
}


def table(source: Any) -> pl.DataFrame:
    """Read a table as it is.

    Parameters
    ----------
    source : path or object
        Path to CSV (also gzipped) or Parquet; or an object with the Arrow PyCapsule interface
        (polars, pandas, pyarrow, duckdb); or a pandas frame without pyarrow installed; or a
        dict of columns. A pandas index with a name, or of times, becomes a column.

    Raises
    ------
    UsageError
        There is no such file, or the object is not tabular.
    DataError
        The file cannot be parsed.
    """
    if isinstance(source, str | Path):
        return _from_file(Path(source))
    if isinstance(source, pl.DataFrame):
        return source
    if isinstance(source, pl.LazyFrame):
        return source.collect()
    if isinstance(source, dict):
        return _from_columns(source)
    if hasattr(source, "reset_index"):
        return _from_pandas(source)
    if hasattr(source, "__arrow_c_stream__"):
        return pl.DataFrame(source)
    message = (
        f"cannot read a frame from {type(source).__name__}; give polars, pandas, pyarrow, "
        f"duckdb, or a path to CSV or Parquet"
    )
    raise UsageError(message)


def _from_file(path: Path) -> pl.DataFrame:
    if not path.is_file():
        message = f"no file {str(path)!r}; give the path of a CSV or Parquet file"
        raise UsageError(message)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        message = f"{path.name!r} ends in {path.suffix!r}; give a .csv, .csv.gz or .parquet file"
        raise UsageError(message)
    try:
        return reader(path)
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        cause = str(error).splitlines()[0]
        message = f"{path.name!r} cannot be read as {path.suffix[1:]}: {cause}; check the file"
        raise DataError(message) from error


def _from_columns(columns: dict[str, Any]) -> pl.DataFrame:
    try:
        return pl.DataFrame(columns, strict=False)
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        cause = str(error).splitlines()[0]
        message = f"the columns do not make a table: {cause}; give lists of one length"
        raise DataError(message) from error


def _from_pandas(frame: Any) -> pl.DataFrame:
    """Go through NumPy columns, so that pandas does not need pyarrow for it."""
    index = frame.index
    if index.nlevels > 1:
        frame = frame.reset_index()
    elif index.name is not None or index.inferred_type.startswith("datetime"):
        frame = frame.reset_index(names=index.name or "time")
    return pl.DataFrame({str(name): _from_column(frame[name]) for name in frame.columns})


def _from_column(column: Any) -> pl.Series:
    zone = getattr(column.dtype, "tz", None)
    if zone is not None:
        naive = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        return pl.Series(naive).dt.replace_time_zone("UTC")
    values = column.to_numpy()
    if values.dtype.kind in "ifbM":
        return pl.Series(values)
    return pl.Series([_plain(value) for value in column], strict=False)


def _plain(value: Any) -> Any:
    """Python's own value: pandas' missing values become None, its time stamps text."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value
