"""What a user names: a bundled sample or a file."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import polars as pl

from foretell import samples
from foretell.errors import UnknownSymbol
from foretell.series import SERIES_NAMES, TIME_NAMES, Extra, canonical, sequences, stamp, table

__all__ = ["load"]


def load(source: str, target: str | None, extra: Extra | None = None) -> pl.DataFrame:
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
    return _closed(frame, target, extra or Extra())


def _closed(frame: pl.DataFrame, target: str | None, extra: Extra) -> pl.DataFrame:
    """Drop the last bar of a series while the clock is inside it: it will still change.

    What is known of it in advance stays.
    """
    rows = sequences(frame, target, extra)
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
    times = canonical(frame, target, extra)["time"].dt.epoch("s")
    still_open = times.is_in(list(open_bars))
    if not extra.known:
        return frame.filter(~still_open)
    kept = {*SERIES_NAMES, *TIME_NAMES, *map(str.lower, extra.known)}
    unknown = [name for name in frame.columns if name.lower().strip() not in kept]
    return frame.with_columns(pl.when(~still_open).then(pl.col(unknown)).name.keep())
