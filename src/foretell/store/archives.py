"""Files of candles that others keep: what they are called, and what is in them.

Read here, besides what `foretell.series.table` reads: feather and JSON files of freqtrade, and the
archives of Binance's public data (data.binance.vision), whose stamps are in milliseconds until the
end of 2024 and in microseconds from 2025 on.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from foretell.errors import DataError, UsageError
from foretell.series import SERIES_NAMES, table
from foretell.store.pieces import VALUES

__all__ = ["Label", "candles_in", "label"]

FREQTRADE = re.compile(
    r"(?P<base>[A-Z0-9]+)_(?P<quote>[A-Z0-9]+)(?:_(?P<settle>[A-Z0-9]+))?"
    r"-(?P<step>\d+[smhdwM])(?:-[a-z_]+)?"
)
BINANCE = re.compile(r"(?P<symbol>[A-Z0-9_]+)-(?P<step>\d+(?:mo|[smhdw]))(?:-\d{4}(?:-\d\d){1,2})?")
KLINE = ("time", *VALUES)
MICROSECONDS = 10**14  # a larger stamp is in microseconds; in milliseconds it is the year 5138


class Label(NamedTuple):
    """Symbol and timeframe that a file's name tells of; None where it does not."""

    symbol: str | None
    timeframe: str | None


def label(path: Path) -> Label:
    """Read the name of a file as freqtrade and Binance choose it.

    Examples
    --------
    >>> label(Path("BTC_USDT-1h.feather"))
    Label(symbol='BTC/USDT', timeframe='1h')
    >>> label(Path("BTCUSDT-1mo-2024-12.zip"))
    Label(symbol='BTCUSDT', timeframe='1M')
    """
    stem = path.name.partition(".")[0]
    if found := FREQTRADE.fullmatch(stem):
        settle = f":{found['settle']}" if found["settle"] else ""
        return Label(f"{found['base']}/{found['quote']}{settle}", found["step"])
    if found := BINANCE.fullmatch(stem):
        return Label(found["symbol"], found["step"].replace("mo", "M"))
    return Label(None, None)


def candles_in(path: Path, symbol: str | None = None) -> pl.DataFrame:
    """Read a file, with its symbols in a column ``series``.

    Parameters
    ----------
    path : Path
    symbol : str, optional
        Of a file that does not tell; by default its name is taken for that.

    Raises
    ------
    UsageError
        There is no such file, or it ends in something that is not read.
    DataError
        It is not what its ending says.
    """
    if not path.is_file():
        message = f"no file {str(path)!r}; give candles as .csv, .parquet, .feather, .json or .zip"
        raise UsageError(message)
    reader: Callable[[Path], pl.DataFrame] = READERS.get(path.suffix.lower(), table)
    try:
        frame = reader(path)
    except (pl.exceptions.PolarsError, OSError, ValueError, zipfile.BadZipFile) as error:
        if isinstance(error, UsageError | DataError):
            raise
        cause = str(error).partition("\n")[0]
        message = f"{path.name!r} cannot be read as {path.suffix[1:]}: {cause}; check the file"
        raise DataError(message) from error
    if any(name.lower().strip() in SERIES_NAMES for name in frame.columns):
        return frame
    return frame.with_columns(series=pl.lit(symbol or label(path).symbol or path.stem))


def _zip(path: Path) -> pl.DataFrame:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        if not names:
            message = "there is no CSV file in it"
            raise ValueError(message)
        return pl.concat(_klines(archive.read(name)) for name in names)


def _csv(path: Path) -> pl.DataFrame:
    with path.open("rb") as file:
        begins_with_a_stamp = file.readline().partition(b",")[0].isdigit()
    return _klines(path.read_bytes()) if begins_with_a_stamp else table(path)


def _klines(data: bytes) -> pl.DataFrame:
    """Lines of Binance's klines; newer archives of futures have a header, others do not."""
    headed = not data.partition(b",")[0].isdigit()
    rows = pl.read_csv(io.BytesIO(data), has_header=headed, infer_schema_length=None)
    if rows.width < len(KLINE):
        message = f"its lines have {rows.width} fields; klines have at least {len(KLINE)}"
        raise ValueError(message)
    candles = rows.select(
        pl.col(theirs).cast(pl.Int64 if ours == "time" else pl.Float64).alias(ours)
        for ours, theirs in zip(KLINE, rows.columns, strict=False)
    )
    time = pl.col("time")  # in a file that spans the change both units occur
    return candles.with_columns(pl.when(time >= MICROSECONDS).then(time // 1_000).otherwise(time))


def _json(path: Path) -> pl.DataFrame:
    """Lists of stamp and values, as freqtrade and ccxt write them."""
    rows = json.loads(path.read_bytes())
    whole = isinstance(rows, list) and all(
        isinstance(row, list) and len(row) == len(KLINE) for row in rows
    )
    if not whole:
        message = f"it is not a list of [{', '.join(KLINE)}]"
        raise ValueError(message)
    kinds = {name: pl.Int64 if name == "time" else pl.Float64 for name in KLINE}
    return pl.DataFrame(rows, schema=kinds, orient="row", strict=False)


def _feather(path: Path) -> pl.DataFrame:
    return pl.read_ipc(path)


READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".zip": _zip,
    ".csv": _csv,
    ".feather": _feather,
    ".json": _json,
}
