"""A symbol in the store: which of its series is meant, and what to do where there is none."""

from __future__ import annotations

import shlex
import signal
import sys
import time

import polars as pl

from foretell.cli.console import note
from foretell.cli.market_options import Market
from foretell.errors import UnknownSymbol
from foretell.series import frequency, stamp
from foretell.store import Key, Store

__all__ = ["is_stored", "stored"]

EXCHANGE, TIMEFRAME = "binance", "1h"  # where nothing was said and nothing is stored


def stored(symbol: str, market: Market) -> pl.DataFrame:
    """Read a symbol from the store; where it is not there, offer to fetch it.

    Raises
    ------
    UnknownSymbol
        It is not stored, or stored several times so that one has to be chosen.
    """
    frequency(market.timeframe or TIMEFRAME)
    store = Store(market.store)
    key = _meant(symbol, market, store) or _fetched(symbol, market, store)
    frame = store.read(*key)
    _tell_age(frame, key, market)
    return frame


def is_stored(symbol: str) -> bool:
    """Whether there is a series of a symbol."""
    return bool(Store().find(symbol))


def _fitting(keys: list[Key], market: Market) -> list[Key]:
    return [
        key
        for key in keys
        if market.exchange in (None, key[0]) and market.timeframe in (None, key[2])
    ]


def _usual(symbol: str, market: Market) -> Key:
    return market.exchange or EXCHANGE, symbol, market.timeframe or TIMEFRAME


def _meant(symbol: str, market: Market, store: Store) -> Key | None:
    """The only one that fits what was said, or of several the usual one."""
    fitting, usual = _fitting(store.find(symbol), market), _usual(symbol, market)
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    if usual in fitting:
        return usual
    message = (
        f"{symbol} is stored more than once, as {_listed(fitting)}; choose with --exchange and "
        f"--timeframe"
    )
    raise UnknownSymbol(message)


def _fetched(symbol: str, market: Market, store: Store) -> Key:
    """Fetch it where somebody at a terminal wants that.

    Raises
    ------
    UnknownSymbol
        Nobody does.
    """
    exchange, _, timeframe = key = _usual(symbol, market)
    others = store.find(symbol)
    there = f"; stored are {_listed(others)}" if others else ""
    lack = f"no {timeframe} candles of {symbol} from {exchange} in {store.path}{there}"
    if not _agreed(f"{lack}. Fetch them now? [Y/n] "):
        message = f"{lack}; fetch them with `{_command(key, market)}`"
        raise UnknownSymbol(message)
    from foretell.cli.fetch import bring  # what is stored need not wait for it

    bring(key, store)
    return key


def _agreed(question: str) -> bool:
    """Ask, where there is somebody to answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(question)
    sys.stderr.flush()
    if hasattr(signal, "siginterrupt"):  # since polars is imported, reads go on after Ctrl-C
        signal.siginterrupt(signal.SIGINT, True)  # noqa: FBT003 - by position alone
    answer = sys.stdin.readline()
    return answer.strip().casefold() in ("", "y", "yes") and answer != ""


def _tell_age(frame: pl.DataFrame, key: Key, market: Market) -> None:
    """A word where bars have closed since that are not stored."""
    step, last = frequency(key[2]), int(frame["time"].dt.epoch("s")[-1])
    since = int((time.time() - last) // step.seconds) - 1
    if time.time() >= step.following(last, 2)[-1]:
        note(
            f"what is stored of {key[1]} ends with the {key[2]} bar of {stamp(last)}; "
            f"{max(since, 1):,} more may have closed, fetch them with `{_command(key, market)}`"
        )


def _listed(keys: list[Key]) -> str:
    return ", ".join(f"{timeframe} from {exchange}" for exchange, _, timeframe in keys)


def _command(key: Key, market: Market) -> str:
    exchange, symbol, timeframe = key
    words = ["foretell", "fetch", symbol, "--exchange", exchange, "--timeframe", timeframe]
    return shlex.join(words + (["--store", market.store] if market.store else []))
