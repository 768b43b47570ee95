"""What a snapshot of the store says: candles, gaps, and what series there are."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Rows
from typing import Any

import numpy as np
import polars as pl

from foretell.errors import UnknownSymbol
from foretell.store.gaps import SCHEMA, still_open
from foretell.store.pieces import KEY, VALUES, Key, Piece, decode
from foretell.store.place import Place
from foretell.store.revisions import known, latest
from foretell.store.snapshot import Snapshot
from foretell.store.table import CANDLES, GAPS, TABLES

__all__ = ["Span", "all_gaps", "all_keys", "all_series", "all_times", "candles", "over", "rows_of"]

Span = tuple[int | None, int | None]  # seconds since 1970: from the one on, before the other

UTC = pl.Datetime("us", "UTC")
KINDS: dict[str, Any] = {"string": pl.String, "double": pl.Float64, "timestamp": UTC}
SERIES: dict[str, Any] = dict.fromkeys(KEY, pl.String) | {
    "bars": pl.Int64, "first": UTC, "last": UTC, "gaps": pl.Int64, "missing": pl.Int64,
    "revisions": pl.Int64, "size": pl.Int64,
}  # fmt: skip


def rows_of(
    place: Place, table: str, pieces: Rows[Piece], columns: list[str] | None = None
) -> pl.DataFrame:
    """All rows of some pieces of a table."""
    schema = {name: KINDS[kind] for name, kind in TABLES[table].items()}
    empty = pl.DataFrame(schema={name: schema[name] for name in columns or schema})
    sources = [place.source(f"{table}/{piece.name}") for piece in pieces]
    return pl.concat([empty, decode(sources, columns)]) if sources else empty


def over(pieces: Rows[Piece], span: Span) -> list[Piece]:
    """Pieces that may hold bars of a span."""
    since, until = span
    return [
        piece for piece in pieces
        if (since is None or piece.last >= since) and (until is None or piece.first < until)
    ]  # fmt: skip


def candles(
    place: Place, snapshot: Snapshot, key: Key, span: Span = (None, None), as_of: int | None = None
) -> pl.DataFrame:
    """Candles of one series in foretell's frame format.

    Raises
    ------
    UnknownSymbol
        There is nothing of the series.
    """
    pieces = snapshot.of(CANDLES, key)
    if not pieces:
        message = (
            f"no {key[2]} candles of {key[1]} from {key[0]} in {place.uri}; `foretell store list` "
            f"shows what there is, and `foretell store import` brings more"
        )
        raise UnknownSymbol(message)
    rows = rows_of(place, CANDLES, over(pieces, span), ["time", *VALUES, "seen"])
    since, until = span
    stamps = pl.col("time").dt.epoch("s")
    if since is not None:
        rows = rows.filter(stamps >= since)
    if until is not None:
        rows = rows.filter(stamps < until)
    named = pl.lit(key[1], dtype=pl.String).alias("series")
    return latest(known(rows, as_of)).select(named, "time", *VALUES)


def all_gaps(
    place: Place,
    snapshot: Snapshot,
    as_of: int | None = None,
    wanted: Callable[[Key], bool] = lambda _: True,
) -> pl.DataFrame:
    """Gaps that are not filled yet, in order of series and time; of some series, or all."""
    found = [pl.DataFrame(schema=SCHEMA)]
    for key in filter(wanted, sorted(snapshot.pieces[GAPS])):
        rows = known(rows_of(place, GAPS, snapshot.of(GAPS, key)), as_of)
        found.append(still_open(rows, all_times(place, snapshot, key, as_of), key[2]))
    return pl.concat(found)


def all_times(place: Place, snapshot: Snapshot, key: Key, as_of: int | None = None) -> np.ndarray:
    """Open times of one series in seconds since 1970, increasing."""
    columns = ["time"] if as_of is None else ["time", "seen"]
    rows = known(rows_of(place, CANDLES, snapshot.of(CANDLES, key), columns), as_of)
    return rows["time"].unique().sort().dt.epoch("s").to_numpy()


def all_keys(snapshot: Snapshot) -> list[Key]:
    """Every series that has candles, in order."""
    return sorted(snapshot.pieces[CANDLES])


def all_series(place: Place, snapshot: Snapshot) -> pl.DataFrame:
    """A row a series."""
    gaps = all_gaps(place, snapshot)
    rows = [_series(place, snapshot, key, gaps) for key in all_keys(snapshot)]
    return pl.DataFrame(rows, schema=SERIES, orient="row")


def _series(place: Place, snapshot: Snapshot, key: Key, gaps: pl.DataFrame) -> tuple[Any, ...]:
    pieces = snapshot.of(CANDLES, key)
    times = rows_of(place, CANDLES, pieces, ["time"])["time"]
    own = (pl.col(column) == name for column, name in zip(KEY, key, strict=True))
    missing = gaps.filter(*own)["bars"]
    bars, size = times.n_unique(), sum(piece.size for piece in pieces)
    return (
        *key, bars, times.min(), times.max(), len(missing), missing.sum(), len(times) - bars, size,
    )  # fmt: skip
