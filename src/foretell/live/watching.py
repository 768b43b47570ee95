"""An entry for every bar that comes into the store, whoever brought it and whenever.

The forecast of an entry is that from the history as the store had seen it when the bar came in:
``model.predict(store.read(..., until=after the bar, as_of=seen))``, bit for bit. As a rule it takes
one step of the model; where an older bar was revised or came late, the history is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from foretell.errors import LedgerError, ShortHistory
from foretell.forecast import Forecast, Forecaster
from foretell.live.entries import VALUES, Entry, Key, Opening
from foretell.live.ledger import Chain, LiveLedger
from foretell.store import Store

__all__ = ["Watcher", "check_same", "history"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Watcher:
    """One series, one model, one ledger; used while the ledger is open for writing.

    Parameters
    ----------
    model : Forecaster
        Of prices, with a fitted network.
    store : Store
        It has candles of the series.
    key : Key
    ledger : LiveLedger
    chain : Chain
        What was entered until now.
    now : callable
        The exchange's time in seconds since 1970.
    expected : mapping, optional
        For the opening of a new ledger; see `Opening`.

    Raises
    ------
    LedgerError
        The ledger is of another model or series.
    ShortHistory
        There is no candle yet.
    """

    def __init__(
        self,
        model: Forecaster,
        store: Store,
        key: Key,
        ledger: LiveLedger,
        chain: Chain,
        now: Callable[[], float],
        expected: Mapping[str, Any] | None = None,
    ) -> None:
        self._model, self._store, self._key, self._ledger = model, store, key, ledger
        self._now = now
        self.opening = chain.opening or self._opened(expected or {})
        check_same(ledger, self.opening, key, model)
        last = chain.entries[-1] if chain.entries else None
        self._last, self._seen = (last.time, last.seen) if last else (self.opening.first - 1, -1)
        self._arrivals = store.arrivals(*key, after=self._seen - 1 if last else -1)
        self._fresh = False  # whether the model's state is that of the history up to `_last`

    def _opened(self, expected: Mapping[str, Any]) -> Opening:
        """Begin a ledger: the last candle there is becomes the first that is forecast from."""
        rows = self._store.arrivals(*self._key)()
        if rows.is_empty():
            message = f"no candle of {' '.join(self._key)} has closed yet; nothing to forecast from"
            raise ShortHistory(message)
        first, seen = rows.select(
            pl.col("time").dt.epoch("s").max(), pl.col("seen").dt.epoch("us").max()
        ).row(0)
        opening = Opening.of(self._key, self._model, first, seen, self._clock(), expected)
        self._ledger.append(opening)
        return opening

    def entries(self) -> Iterator[Entry]:
        """Make the entries that are due; each is in the ledger when it is yielded."""
        while not (rows := self._arrivals()).is_empty():
            for bar in self._in_order(rows):
                time = int(bar["time"].timestamp())
                if time > self._last:
                    yield self._entered(bar, time)
                elif bar["seen"] > self._seen:
                    self._fresh = False  # an older bar was revised, or comes late

    def _in_order(self, rows: pl.DataFrame) -> list[dict[str, Any]]:
        """Rows as the ledger takes them: all that was there at its opening counts as seen then."""
        found: dict[tuple[int, datetime], dict[str, Any]] = {}
        opened, first = self.opening.seen, _moment(self.opening.first * 1_000_000)
        for bar in rows.iter_rows(named=True):
            seen = _microseconds(bar["seen"])
            if bar["time"] >= first or seen > opened:
                seen = max(seen, opened)
                found[seen, bar["time"]] = bar | {"seen": seen}  # of several, the last one
        return [found[place] for place in sorted(found)]

    def _entered(self, bar: Mapping[str, Any], time: int) -> Entry:
        forecast = self._forecast(bar, time)
        entry = Entry.of(bar, forecast, bar["seen"], self._clock())
        self._ledger.append(entry)
        self._last, self._seen, self._fresh = time, entry.seen, True
        return entry

    def _forecast(self, bar: Mapping[str, Any], time: int) -> Forecast:
        if self._fresh:
            return self._model.update({name: bar[name] for name in ("time", *VALUES)})
        return self._model.predict(history(self._store, self._key, time, bar["seen"]))

    def _clock(self) -> int:
        return int(self._now() * 1_000_000)


def check_same(ledger: LiveLedger, opening: Opening, key: Key, model: Forecaster) -> None:
    """Refuse to go on with the ledger of another model or series.

    Raises
    ------
    LedgerError
    """
    fingerprint = model.fingerprint()
    if (opening.key, opening.model) != (key, fingerprint):
        message = (
            f"{ledger.path} is the record of {' '.join(opening.key)} by model "
            f"{opening.model[:8]}, not of {' '.join(key)} by {fingerprint[:8]}; give the "
            f"model that it was begun with, or another file with --ledger"
        )
        raise LedgerError(message)


def history(store: Store, key: Key, time: int, seen: int) -> pl.DataFrame:
    """What a forecast from a bar is made of.

    Parameters
    ----------
    store : Store
    key : Key
    time : int
        Open time of the bar, in seconds since 1970.
    seen : int
        As of when, in microseconds since 1970.
    """
    return store.read(*key, until=time + 1, as_of=_moment(seen))


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
