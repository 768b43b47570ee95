"""What a user names: a bundled sample or a file."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import polars as pl

from foretell import samples
from foretell.errors import UnknownSymbol
from foretell.series import SERIES_NAMES, canonical, sequences, stamp, table

__all__ = ["load"]


def load(source: str, target: str | None) -> pl.DataFrame:
    """Read a sample or a file, without bars that are still open.

    Raises
    ------
    UnknownSymbol
        Neither a sample nor a file.
    """
    path = Path(source)
    named = source.casefold() in map(str.casefold, samples.names())
    if not path.is_file() and (named or not (path.suffix or len(path.parts) > 1)):
        return samples.load(source)
    if not path.exists():
        message = f"no file {source!r}, and no sample of that name; `foretell samples` lists all"
        raise UnknownSymbol(message)
    frame = table(path)
    if not any(name.lower().strip() in SERIES_NAMES for name in frame.columns):
        frame = frame.with_columns(series=pl.lit(path.name.split(".")[0]))
    return _closed(frame, target)


def _closed(frame: pl.DataFrame, target: str | None) -> pl.DataFrame:
    """Drop the last bar of a series while the clock is inside it: it will still change."""
    rows = sequences(frame, target)
    now = time.time()
    open_bars = {
        int(row.time_T[-1])
        for row in rows
        if row.time_T[-1] <= now < row.frequency.following(int(row.time_T[-1]), 1)[0]
    }
    if not open_bars:
        return frame
    for opened in sorted(open_bars):
        sys.stderr.write(f"note: the bar of {stamp(opened)} is still open and is left out\n")
    times = canonical(frame, target)["time"].dt.epoch("s")
    return frame.filter(~times.is_in(list(open_bars)))
