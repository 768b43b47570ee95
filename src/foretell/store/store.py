"""`ft.Store`: candles that survive, with their revisions and gaps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from foretell.errors import FrameError, UnknownSymbol, UsageError
from foretell.series import canonical, instant, utc
from foretell.store.catalogue import Catalogue, Snapshot
from foretell.store.folding import crowded, is_compact
from foretell.store.gaps import SCHEMA, Gap, recorded, still_open
from foretell.store.grid import check_grid, frequency
from foretell.store.pieces import KEY, VALUES, Key, Piece, decode, made, merged
from foretell.store.place import place_of
from foretell.store.revisions import compare, latest
from foretell.store.table import CANDLES, GAPS, TABLES
from foretell.store.verify import Verification, verified
from foretell.store.writer import Writer

__all__ = ["Compacted", "Store", "Written"]

UTC_TIME = pl.Datetime("us", "UTC")
Span = tuple[int | None, int | None]


class Written(NamedTuple):
    """What became of candles that were given to `Store.write`.

    Attributes
    ----------
    new, revised, unchanged : int
        Candles not stored before, stored with other values, and stored as they are.
    seen : datetime or None
        The time that was written with the new and revised ones; None where there were none.
        A read as of then sees them, and nothing later.
    """

    new: int
    revised: int
    unchanged: int
    seen: datetime | None


class Compacted(NamedTuple):
    """What `Store.compact` did.

    Attributes
    ----------
    before, after : int
        Data files in use.
    rows : int
        Rows that were moved; all are there, or there would be an error.
    deleted : int
        Files deleted that had been given up before.
    """

    before: int
    after: int
    rows: int
    deleted: int


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
        with self._writer.session():
            seen = self._writer.stamp()
            parts = frame.partition_by("symbol", maintain_order=True)
            news = [self._news(part, exchange, timeframe, seen) for part in parts]
            self._add(CANDLES, [rows for rows, _, _ in news if len(rows)], seen)
        new, revised = (sum(each[at] for each in news) for at in (1, 2))
        when = datetime.fromtimestamp(0, UTC) + _microseconds(seen) if new + revised else None
        return Written(new, revised, len(frame) - new - revised, when)

    def _news(
        self, part: pl.DataFrame, exchange: str, timeframe: str, seen: int
    ) -> tuple[pl.DataFrame, int, int]:
        key = (exchange, part["symbol"][0], timeframe)
        pieces = self._writer.snapshot.of(CANDLES, key)
        time_T = part["time"].dt.epoch("s").to_numpy()
        known = pieces[0].first if pieces else None
        check_grid(time_T, part["row"].to_numpy(), timeframe, known)
        span = int(time_T[0]), int(time_T[-1]) + 1
        stored = latest(self._rows(CANDLES, _over(pieces, span), ["time", *VALUES, "seen"]))
        news, new, revised = compare(part, stored)
        row = news.select(
            *(pl.lit(name).alias(column) for column, name in zip(KEY, key, strict=True)),
            "time", *VALUES, pl.lit(seen).cast(UTC_TIME).alias("seen"),
        )  # fmt: skip
        return row, new, revised

    def note_gaps(self, gaps: Iterable[Gap]) -> int:
        """Record that bars were looked for and not found.

        They are cleared by themselves when the candles arrive. What is recorded already, with the
        same reason, changes nothing.

        Returns
        -------
        int
            How many were recorded.
        """
        with self._writer.session():
            seen = self._writer.stamp()
            rows = [recorded(gap, seen) for gap in gaps]
            rows = [row for row in rows if not self._is_known(row)]
            series = pl.concat(rows).partition_by(KEY) if rows else []
            self._add(GAPS, series, seen)
        return len(rows)

    def _is_known(self, row: pl.DataFrame) -> bool:
        key: Key = row.row(0)[:3]
        stored = self._rows(GAPS, self._writer.snapshot.of(GAPS, key))
        same = stored.join(row, on=["time", "last", "reason"], how="semi")
        later = stored.filter(
            pl.col("seen") > (same["seen"].max() or stored["seen"].min()),
            pl.col("time") <= row["last"][0],
            pl.col("last") >= row["time"][0],
        )
        return not same.is_empty() and later.is_empty()

    def _add(self, table: str, parts: list[pl.DataFrame], seen: int) -> None:
        """Commit rows, a part a series, and fold pieces where they have become many."""
        added: list[tuple[Piece, bytes]] = []
        removed: list[Piece] = []
        for rows in parts:
            pieces = self._writer.snapshot.of(table, rows.row(0)[:3])
            old = crowded(pieces, len(rows))
            frames = [self._rows(table, [piece]) for piece in old]
            added += merged([*frames, rows]) if old else [made(rows)]
            removed += old
        if added:
            self._writer.commit(table, added, removed, seen=seen)

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
        span = tuple(None if each is None else instant(each) for each in (since, until))
        moment = None if as_of is None else _instant_us(as_of)

        def action(snapshot: Snapshot) -> pl.DataFrame:
            keys = [(exchange, each, timeframe) for each in symbols]
            return pl.concat(self._candles(snapshot, key, span, moment) for key in keys)

        if not symbols:
            message = "no symbol to read; name one"
            raise UsageError(message)
        return self._catalogue.read(action)

    def _candles(
        self, snapshot: Snapshot, key: Key, span: Span, as_of: int | None
    ) -> pl.DataFrame:
        pieces = snapshot.of(CANDLES, key)
        if not pieces:
            message = (
                f"no {key[2]} candles of {key[1]} from {key[0]} in {self.path}; `foretell store "
                f"list` shows what there is, and `foretell fetch` or `store import` brings more"
            )
            raise UnknownSymbol(message)
        rows = self._rows(CANDLES, _over(pieces, span), ["time", *VALUES, "seen"])
        since, until = span
        stamps = pl.col("time").dt.epoch("s")
        if since is not None:
            rows = rows.filter(stamps >= since)
        if until is not None:
            rows = rows.filter(stamps < until)
        named = pl.lit(key[1], dtype=pl.String).alias("series")
        return latest(rows, as_of).select(named, "time", *VALUES)

    def series(self) -> pl.DataFrame:
        """What there is, a row a series.

        Returns
        -------
        polars.DataFrame
            Columns ``exchange, symbol, timeframe, bars, first, last`` (Datetime, µs, UTC),
            ``gaps``, ``missing`` (bars in them), ``revisions`` and ``size`` (in bytes).
        """
        return self._catalogue.read(self._series)

    def _series(self, snapshot: Snapshot) -> pl.DataFrame:
        keys = sorted({piece.key for pieces in snapshot.pieces.values() for piece in pieces})
        gaps = self._gaps(snapshot, None)
        rows = []
        for key in keys:
            pieces = snapshot.of(CANDLES, key)
            times = self._rows(CANDLES, pieces, ["time"])["time"]
            missing = gaps.filter(pl.struct(KEY) == dict(zip(KEY, key, strict=True)))["bars"]
            bars = times.n_unique()
            rows.append(
                (*key, bars, times.min(), times.max(), len(missing), missing.sum(),
                 len(times) - bars, sum(piece.size for piece in pieces))
            )  # fmt: skip
        schema = dict.fromkeys(KEY, pl.String) | {
            "bars": pl.Int64, "first": UTC_TIME, "last": UTC_TIME, "gaps": pl.Int64,
            "missing": pl.Int64, "revisions": pl.Int64, "size": pl.Int64,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")

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
        moment = None if as_of is None else _instant_us(as_of)
        wanted = (exchange, symbol, timeframe)
        found = self._catalogue.read(lambda snapshot: self._gaps(snapshot, moment))
        for column, value in zip(KEY, wanted, strict=True):
            if value is not None:
                found = found.filter(pl.col(column) == value)
        return found

    def _gaps(self, snapshot: Snapshot, as_of: int | None) -> pl.DataFrame:
        keys = sorted({piece.key for piece in snapshot.pieces[GAPS]})
        found = []
        for key in keys:
            rows = _known(self._rows(GAPS, snapshot.of(GAPS, key)), as_of)
            candles = self._rows(CANDLES, snapshot.of(CANDLES, key), ["time", "seen"])
            time_T = np.unique(_known(candles, as_of)["time"].dt.epoch("s").to_numpy())
            found.append(still_open(rows, time_T, key[2]))
        return pl.concat(found) if found else pl.DataFrame(schema=SCHEMA)

    def _rows(
        self, table: str, pieces: list[Piece], columns: list[str] | None = None
    ) -> pl.DataFrame:
        if not pieces:
            kinds = {"string": pl.String, "double": pl.Float64, "timestamp": UTC_TIME}
            schema = {name: kinds[kind] for name, kind in TABLES[table].items()}
            return pl.DataFrame(schema={name: schema[name] for name in columns or schema})
        sources = [self._place.source(f"{table}/{piece.name}") for piece in pieces]
        return pl.concat([decode(source, columns) for source in sources])

    # -- upkeep --------------------------------------------------------------------------------

    def verify(
        self, report: Callable[[str, int, int], None] = lambda title, done, planned: None
    ) -> Verification:
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
        """
        return verified(self._place, report)

    def compact(
        self, report: Callable[[str, int, int], None] = lambda title, done, planned: None
    ) -> Compacted:
        """Bring the rows of every series into as few files as they fit in.

        Old revisions are rows too, and stay. A checksum over the sorted rows is compared before
        and after; where it differs nothing is changed.

        Raises
        ------
        StoreError
            It would differ.
        """
        with self._writer.session():
            before = self._count()
            todo = [
                (table, key)
                for table, pieces in self._writer.snapshot.pieces.items()
                for key in sorted({piece.key for piece in pieces})
                if not is_compact(self._writer.snapshot.of(table, key))
            ]
            rows = 0
            for done, (table, key) in enumerate(todo, 1):
                pieces = self._writer.snapshot.of(table, key)
                new = merged(self._rows(table, [piece]) for piece in pieces)
                self._writer.commit(table, new, pieces)
                rows += sum(piece.rows for piece in pieces)
                report("compacting", done, len(todo))
            return Compacted(before, self._count(), rows, self._writer.sweep())

    def _count(self) -> int:
        return sum(map(len, self._writer.snapshot.pieces.values()))


def _checked(candles: Any) -> pl.DataFrame:
    """Whole candles, with their rows in the frame as it was given."""
    frame = canonical(candles)
    absent = [name for name in VALUES if name not in frame.columns]
    if absent:
        message = f"no column {absent[0]!r}; candles to store have {', '.join(VALUES)}"
        raise FrameError(message)
    return frame.rename({"series": "symbol"}).with_row_index("row")


def _over(pieces: list[Piece], span: Span) -> list[Piece]:
    """Pieces that may hold bars from one time to before another."""
    since, until = span
    return [
        piece for piece in pieces
        if (since is None or piece.last >= since) and (until is None or piece.first < until)
    ]  # fmt: skip


def _known(rows: pl.DataFrame, as_of: int | None) -> pl.DataFrame:
    return rows if as_of is None else rows.filter(pl.col("seen").dt.epoch("us") <= as_of)


def _instant_us(moment: Any) -> int:
    """Microseconds since 1970; times of the store's rows are finer than those of bars."""
    try:
        return int(utc(pl.Series("time", [moment])).dt.epoch("us")[0])
    except (FrameError, TypeError, ValueError):
        return instant(moment) * 1_000_000


def _microseconds(count: int) -> Any:
    return pl.Series([count]).cast(pl.Duration("us"))[0]
