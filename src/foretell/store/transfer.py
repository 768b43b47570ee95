"""Candles from files into a store, and from a store into a file."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import polars as pl

from foretell.errors import UsageError
from foretell.series import Frequency, canonical
from foretell.store.archives import candles_in, label
from foretell.store.gaps import Gap, holes
from foretell.store.progress import Report, silent
from foretell.store.store import Store
from foretell.writing import write_whole

__all__ = ["Imported", "export_candles", "import_candles"]

NOT_THERE = "not in the files imported"


class Imported(NamedTuple):
    """What a file brought.

    Attributes
    ----------
    file : str
    timeframe : str
    symbols : list of str
    new, revised, unchanged : int
        Candles, as `Written` counts them.
    """

    file: str
    timeframe: str
    symbols: list[str]
    new: int
    revised: int
    unchanged: int


def import_candles(
    store: Store,
    paths: Iterable[Path],
    exchange: str,
    timeframe: str | None = None,
    symbol: str | None = None,
    report: Report = silent,
) -> list[Imported]:
    """Store the candles of files, each file whole or not at all.

    Holes that stay between the first and the last bar of a series are recorded as gaps.

    Parameters
    ----------
    store : Store
    paths : iterable of Path
        CSV, Parquet, freqtrade's feather or JSON, or archives of Binance's public data.
    exchange : str
    timeframe : str, optional
        By default what a file's name says, else the step of its bars.
    symbol : str, optional
        Of files without a column of symbols; by default what a file's name says.
    report : callable, optional
        Called with a title, the number of files done, and that of all.

    Raises
    ------
    UsageError, DataError
        A file cannot be read, or holds no candles; those before it are stored.
    StoreError
        The store cannot be written.
    """
    paths = list(paths)
    found: list[Imported] = []
    spans: dict[tuple[str, str], pl.Series] = {}
    with store.writing():
        for done, path in enumerate(paths, 1):
            brought, frame = _one(store, path, exchange, timeframe, symbol)
            found.append(brought)
            for part in frame.partition_by("series"):
                key = part["series"][0], brought.timeframe
                known = spans.get(key, part["time"].head(0))
                spans[key] = known.append(part["time"]).sort().gather([0, -1])
            report("importing", done, len(paths))
        store.note_gaps(
            gap for key, span in spans.items() for gap in _new_gaps(store, exchange, key, span)
        )
    return found


def _one(
    store: Store, path: Path, exchange: str, timeframe: str | None, symbol: str | None
) -> tuple[Imported, pl.DataFrame]:
    frame = canonical(candles_in(path, symbol))
    symbols = frame["series"].unique(maintain_order=True).to_list()
    if symbol is not None and symbols != [symbol]:
        message = (
            f"{path.name!r} holds {', '.join(symbols[:3])}, not {symbol!r}; leave --symbol out"
        )
        raise UsageError(message)
    step = timeframe or label(path).timeframe or _step(frame)
    new, revised, unchanged, _ = store.write(frame, exchange, step)
    return Imported(str(path), step, symbols, new, revised, unchanged), frame


def _step(frame: pl.DataFrame) -> str:
    first = frame.filter(series=frame["series"][0])
    return str(Frequency.infer(first["time"].dt.epoch("s").to_numpy())).replace("mo", "M")


def _new_gaps(store: Store, exchange: str, key: tuple[str, str], span: pl.Series) -> list[Gap]:
    """Holes between the first and the last bar imported, without those known already."""
    first, last = span.dt.epoch("s")
    stored = store.read(exchange, *key, since=first, until=last + 1)
    known = store.gaps(exchange, *key).select(pl.col("first", "last").dt.epoch("s")).rows()
    found = holes(stored["time"].dt.epoch("s").to_numpy(), key[1])
    return [Gap(exchange, *key, *hole, NOT_THERE) for hole in found if hole not in known]


def export_candles(frame: pl.DataFrame, path: Path) -> None:
    """Write candles as CSV or Parquet, by the ending; the file is whole or not there.

    Raises
    ------
    UsageError
        It ends in something else, or cannot be written.
    """
    buffer = BytesIO()
    if path.suffix.lower() == ".parquet":
        frame.write_parquet(buffer)
    elif path.suffix.lower() == ".csv":
        frame.write_csv(buffer, datetime_format="%Y-%m-%dT%H:%M:%SZ")
    else:
        message = f"{path.name!r} ends in {path.suffix!r}; write to a .csv or .parquet file"
        raise UsageError(message)
    write_whole(path, buffer.getvalue())
