"""What a user names: a bundled sample, a file, or a symbol in the store."""

from __future__ import annotations

import re
import shlex
import sys
import time
from pathlib import Path

import polars as pl

from foretell import samples
from foretell.errors import UnknownSymbol
from foretell.series import SERIES_NAMES, TIME_NAMES, Extra, canonical, sequences, stamp, table

__all__ = ["load"]

SYMBOL = re.compile(r"[A-Z0-9]{1,15}/[A-Z0-9]{2,10}(:[A-Z0-9-]+)?")  # BTC/USDT, BTC/USDT:USDT
USUAL_MARKET = ("binance", "1h")


def load(
    source: str,
    target: str | None,
    extra: Extra | None = None,
    market: tuple[str, str] = USUAL_MARKET,
) -> pl.DataFrame:
    """Read a sample, a file or a symbol in the store, without bars that are still open.

    Parameters
    ----------
    source : str
    target : str or None
    extra : Extra, optional
    market : tuple of str, optional
        Exchange and timeframe of a symbol.

    Raises
    ------
    UnknownSymbol
        None of the three.
    """
    path = Path(source)
    if SYMBOL.fullmatch(source) and not path.exists():
        return _stored(source, *market)
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


def _stored(symbol: str, exchange: str, timeframe: str) -> pl.DataFrame:
    from foretell.store import Store  # samples and files need not wait for it

    store = Store()
    try:
        return store.read(exchange, symbol, timeframe)
    except UnknownSymbol as error:
        command = ["foretell", "fetch", symbol, "--exchange", exchange, "--timeframe", timeframe]
        message = (
            f"no {timeframe} candles of {symbol} from {exchange} in {store.path}; fetch them with "
            f"`{shlex.join(command)}`"
        )
        raise UnknownSymbol(message) from error


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
