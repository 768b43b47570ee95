"""What a user names: a bundled sample or a file."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import polars as pl

from foretell import samples
from foretell.errors import UnknownSymbol
from foretell.series import canonical, sequences, stamp

__all__ = ["load"]


def load(source: str, target: str | None) -> pl.DataFrame:
    """Read a sample or a file, without bars that are still open.

    Raises
    ------
    UnknownSymbol
        Neither a sample nor a file.
    """
    path = Path(source)
    if not (path.is_file() or path.suffix or len(path.parts) > 1):
        return samples.load(source)
    if not path.is_file() and source.casefold() in map(str.casefold, samples.names()):
        return samples.load(source)
    if not path.exists():
        message = f"no file {source!r}, and no sample of that name; `foretell samples` lists all"
        raise UnknownSymbol(message)
    frame = canonical(path, target, name=path.name.split(".")[0])
    return _closed(frame)


def _closed(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop the last bar of a series while the clock is inside it: it will still change."""
    now = time.time()
    for row in sequences(frame):
        opened = int(row.time_T[-1])
        if opened <= now < row.frequency.following(opened, 1)[0]:
            sys.stderr.write(f"note: the bar of {stamp(opened)} is still open and is left out\n")
            last = (pl.col("series") == row.name) & (pl.col("time").dt.epoch("s") == opened)
            frame = frame.filter(~last)
    return frame
