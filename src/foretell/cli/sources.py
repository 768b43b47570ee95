"""What a user names: a bundled sample, a file, or a symbol in the store."""

from __future__ import annotations

import re
import time
from pathlib import Path

import polars as pl

from foretell import samples
from foretell.cli.console import note
from foretell.cli.market_options import Market
from foretell.errors import UnknownSymbol, UsageError
from foretell.series import SERIES_NAMES, TIME_NAMES, Extra, canonical, sequences, stamp, table

__all__ = ["load"]

SYMBOL = re.compile(r"[A-Z0-9]{1,15}/[A-Z0-9]{2,10}(:[A-Z0-9-]+)?")  # BTC/USDT, BTC/USDT:USDT


def load(
    source: str,
    target: str | None,
    extra: Extra | None = None,
    market: Market | None = None,
) -> pl.DataFrame:
    """Read a sample, a file or a symbol in the store, without bars that are still open.

    Parameters
    ----------
    source : str
    target : str or None
    extra : Extra, optional
    market : Market, optional
        Where anything was said of it, a symbol in the store is meant.

    Raises
    ------
    UnknownSymbol
        None of the three.
    UsageError
        A file, of which no market can be said.
    """
    path, market = Path(source), market or Market()
    if market.said or (SYMBOL.fullmatch(source) and not path.exists()):
        return _of_store(source, market)
    named = source.casefold() in map(str.casefold, samples.names())
    if not path.is_file() and (named or not (path.suffix or len(path.parts) > 1)):
        return samples.load(source) if named else _plain_name(source)
    if not path.exists():
        hint = "; a symbol is written in capitals" if SYMBOL.fullmatch(source.upper()) else ""
        message = (
            f"no file {source!r}, and no sample of that name; `foretell samples` lists all{hint}"
        )
        raise UnknownSymbol(message)
    frame = table(path)
    if not any(name.lower().strip() in SERIES_NAMES for name in frame.columns):
        frame = frame.with_columns(series=pl.lit(path.name.split(".")[0]))
    return _closed(frame, target, extra or Extra())


def _of_store(source: str, market: Market) -> pl.DataFrame:
    from foretell.cli.stored import stored  # samples and files need not wait for the store

    if Path(source).is_file() and not SYMBOL.fullmatch(source):
        message = (
            f"--exchange, --timeframe and --store are of symbols in the store, and {source!r} is a "
            f"file; leave them out"
        )
        raise UsageError(message)
    return stored(source, market)


def _plain_name(source: str) -> pl.DataFrame:
    """A symbol as some exchanges write it, such as BTCUSDT; else the word of the samples."""
    from foretell.cli.stored import is_stored, stored

    return stored(source, Market()) if is_stored(source) else samples.load(source)


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
        note(f"the bar of {stamp(opened)} is still open and is left out")
    times = canonical(frame, target, extra)["time"].dt.epoch("s")
    still_open = times.is_in(list(open_bars))
    if not extra.known:
        return frame.filter(~still_open)
    kept = {*SERIES_NAMES, *TIME_NAMES, *map(str.lower, extra.known)}
    unknown = [name for name in frame.columns if name.lower().strip() not in kept]
    return frame.with_columns(pl.when(~still_open).then(pl.col(unknown)).name.keep())
