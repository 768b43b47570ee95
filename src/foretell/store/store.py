"""`ft.Store`: candles that survive, with their revisions and gaps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from foretell.errors import FrameError, UsageError
from foretell.series import canonical, frequency, instant, utc
from foretell.store.arrivals import Arrivals
from foretell.store.catalogue import Catalogue
from foretell.store.changes import Compacted, Written, add, compact, is_noted, news
from foretell.store.gaps import Gap, recorded
from foretell.store.pieces import KEY, VALUES, Key
from foretell.store.place import place_of
from foretell.store.progress import Report, silent
from foretell.store.reading import all_gaps, all_keys, all_series, all_times, candles, rows_of
from foretell.store.table import CANDLES, GAPS
from foretell.store.verify import Verification, verified
from foretell.store.writer import Writer

__all__ = ["Store"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Store:
    """Candles by exchange, symbol, timeframe and open time, in Delta Lake tables.

    One process writes at a time, any number read, and no reader waits. A crash at any moment leaves
    the store as it was before or after the write under way.

    Parameters
    ----------
    path : path or URL, optional
        By default the environment variable ``FORETELL_STORE``, or ``store`` in the user's data
        folder. A URL such as ``s3://bucket/candles`` needs ``foretell[cloud]``, and there nothing
        keeps two writers apart.
    clock : callable, optional
        The time in seconds since 1970, for tests.

    Examples
    --------
    >>> store = Store()
    >>> store.write(candles, "binance", "1h")
    Written(new=8760, revised=0, unchanged=0, seen=...)
    >>> store.read("binance", "BTC/USDT", "1h", since="2025-01-01")
    """

    def __init__(
        self, path: str | Path | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._place = place_of(path)
        self._catalogue = Catalogue(self._place)
        self._writer = Writer(self._catalogue, clock)

    def __repr__(self) -> str:
        return f"Store({self.path!r})"

    @property
    def path(self) -> str:
        """Where it is."""
        return self._place.uri

    # -- writing -------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the writer over several calls, so that no other process comes between.

        Raises
        ------
        StoreLocked
            Another process is the writer.
        """
        with self._writer.session():
            yield

    def write(self, candles: Any, exchange: str, timeframe: str) -> Written:
        """Store candles: those not there yet, and those that differ from what is there.

        Writing the same again changes nothing. All of it is stored, or nothing.

        Parameters
        ----------
        candles : frame
            Of one or many series, in any form that `foretell` reads, with all four prices and
            volume. ``series`` is the symbol. Bars that are still open do not belong here.
        exchange, timeframe : str
            Such as ``"binance"`` and ``"1h"``.

        Raises
        ------
        FrameError
            A row is wrong: not finite, a high below the low, a time twice, off the timeframe's
            grid. It is named.
        StoreError
            The store cannot be written; nothing was changed.
        """
        frequency(timeframe)
        frame = _checked(candles)
        with self._writer.turn():
            seen = self._writer.stamp()
            found = [
                news(self._writer, part, (exchange, part["symbol"][0], timeframe), seen)
                for part in frame.partition_by("symbol", maintain_order=True)
            ]
            add(self._writer, CANDLES, [each.rows for each in found if len(each.rows)], seen)
        new, revised = sum(each.new for each in found), sum(each.revised for each in found)
        when = EPOCH + timedelta(microseconds=seen) if new + revised else None
        return Written(new, revised, len(frame) - new - revised, when)

    def note_gaps(self, gaps: Iterable[Gap]) -> int:
        """Record that bars were looked for and not found.

        They are cleared by themselves when the candles arrive. What is recorded already, with the
        same reason, changes nothing.

        Returns
        -------
        int
            How many were recorded.
        """
        with self._writer.turn():
            seen = self._writer.stamp()
            rows = [row for gap in gaps if self._is_news(row := recorded(gap, seen))]
            add(self._writer, GAPS, pl.concat(rows).partition_by(KEY) if rows else [], seen)
        return len(rows)

    def _is_news(self, gap: pl.DataFrame) -> bool:
        pieces = self._writer.snapshot.of(GAPS, gap.row(0)[:3])
        return not is_noted(rows_of(self._place, GAPS, pieces), gap)

    # -- reading -------------------------------------------------------------------------------

    def read(
        self,
        exchange: str,
        symbol: str | Iterable[str],
        timeframe: str,
        since: Any = None,
        until: Any = None,
        as_of: Any = None,
    ) -> pl.DataFrame:
        """Candles as they are known now, or as they were known at a time.

        Parameters
        ----------
        exchange : str
        symbol : str or iterable of str
            Several come one after the other.
        timeframe : str
        since, until : time, optional
            Open times from and before which.
        as_of : time, optional
            What was seen later is left out: what a forecast made then could know. To the
            microsecond where it is a datetime or text.

        Returns
        -------
        polars.DataFrame
            In foretell's frame format: ``series, time, open, high, low, close, volume``.

        Raises
        ------
        UnknownSymbol
            There is nothing of the series at all.
        """
        symbols = [symbol] if isinstance(symbol, str) else list(symbol)
        if not symbols:
            message = "no symbol to read; name one"
            raise UsageError(message)
        span = _seconds(since), _seconds(until)
        moment = _microseconds(as_of)
        return self._catalogue.read(
            lambda snapshot: pl.concat(
                candles(self._place, snapshot, (exchange, each, timeframe), span, moment)
                for each in symbols
            )
        )

    def arrivals(self, exchange: str, symbol: str, timeframe: str, after: int = -1) -> Arrivals:
        """Follow a series: each call of what is returned tells the rows that came since the last.

        Parameters
        ----------
        exchange, symbol, timeframe : str
        after : int, optional
            Microseconds since 1970: what was seen up to then is not told.
        """
        return Arrivals(self._catalogue, (exchange, symbol, timeframe), after)

    def times(self, exchange: str, symbol: str, timeframe: str) -> np.ndarray:
        """Open times of a series' candles in seconds since 1970, increasing; empty without one."""
        key = exchange, symbol, timeframe
        return self._catalogue.read(lambda snapshot: all_times(self._place, snapshot, key))

    def find(self, symbol: str) -> list[Key]:
        """Exchange, symbol and timeframe of every series of a symbol; reads the log alone."""
        return [key for key in self._catalogue.read(all_keys) if key[1] == symbol]

    def series(self) -> pl.DataFrame:
        """What there is, a row a series.

        Returns
        -------
        polars.DataFrame
            Columns ``exchange, symbol, timeframe, bars, first, last`` (Datetime, µs, UTC),
            ``gaps``, ``missing`` (bars in them), ``revisions`` and ``size`` (in bytes).
        """
        return self._catalogue.read(lambda snapshot: all_series(self._place, snapshot))

    def gaps(
        self,
        exchange: str | None = None,
        symbol: str | None = None,
        timeframe: str | None = None,
        as_of: Any = None,
    ) -> pl.DataFrame:
        """Recorded gaps, less the candles that have come since.

        Parameters
        ----------
        exchange, symbol, timeframe : str, optional
            By default all.
        as_of : time, optional
            As they were known then.

        Returns
        -------
        polars.DataFrame
            Columns ``exchange, symbol, timeframe, first, last`` (open times of the first and the
            last missing bar), ``bars``, ``reason`` and ``seen``.
        """
        moment, asked = _microseconds(as_of), (exchange, symbol, timeframe)

        def wanted(key: Key) -> bool:
            return all(value in (None, name) for value, name in zip(asked, key, strict=True))

        return self._catalogue.read(
            lambda snapshot: all_gaps(self._place, snapshot, moment, wanted)
        )

    # -- upkeep --------------------------------------------------------------------------------

    def verify(self, report: Report = silent) -> Verification:
        """Hold every file against its checksum.

        Parameters
        ----------
        report : callable, optional
            Called with ``("verifying", done, planned)`` for every file.

        Returns
        -------
        Verification
            ``.sound`` says whether all is well; ``.findings`` name what is damaged, missing, or
            should not be there.

        Raises
        ------
        StoreError
            There is no store, or it changes faster than it can be read.
        """
        return verified(self._place, report)

    def compact(self, report: Report = silent) -> Compacted:
        """Bring the rows of every series into as few files as they fit in.

        Old revisions are rows too, and stay. A checksum over the sorted rows is compared before
        and after; where it differs nothing is changed.

        Parameters
        ----------
        report : callable, optional
            Called with ``("compacting", done, planned)`` for every series.

        Raises
        ------
        StoreError
            It would differ.
        """
        with self._writer.turn():
            return compact(self._writer, report)


def _checked(candles: Any) -> pl.DataFrame:
    """Whole candles, with their rows in the frame as it was given."""
    frame = canonical(candles)
    absent = [name for name in VALUES if name not in frame.columns]
    if absent:
        message = f"no column {absent[0]!r}; candles to store have {', '.join(VALUES)}"
        raise FrameError(message)
    return frame.rename({"series": "symbol"}).with_row_index("row")


def _seconds(moment: Any) -> int | None:
    return None if moment is None else instant(moment)


def _microseconds(moment: Any) -> int | None:
    """Times at which something was seen are finer than those of bars."""
    if moment is None:
        return None
    try:
        return int(utc(pl.Series("time", [moment])).dt.epoch("us")[0])
    except (FrameError, TypeError, ValueError):
        return instant(moment) * 1_000_000
