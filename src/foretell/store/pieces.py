"""Pieces: the data files of the store, named by their SHA-256. Each holds rows of one series."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any, NamedTuple

import polars as pl

from foretell.errors import StoreError
from foretell.store.manifest import sha256

__all__ = [
    "KEY",
    "ROWS_PER_PIECE",
    "VALUES",
    "Key",
    "Piece",
    "decode",
    "digest",
    "is_piece",
    "made",
    "merged",
]

KEY = ("exchange", "symbol", "timeframe")
VALUES = ("open", "high", "low", "close", "volume")
ROWS_PER_PIECE = 1 << 20

Key = tuple[str, str, str]

NAME = re.compile(r"[0-9a-f]{64}\.parquet")


class Piece(NamedTuple):
    """What the log says of a data file."""

    name: str
    exchange: str
    symbol: str
    timeframe: str
    first: int  # of column `time`, in seconds since 1970
    last: int
    rows: int
    size: int

    @property
    def key(self) -> Key:
        """Exchange, symbol and timeframe."""
        return self.exchange, self.symbol, self.timeframe

    @property
    def sha256(self) -> str:
        """The checksum that the file has to have."""
        return self.name.removesuffix(".parquet")


def is_piece(name: str) -> bool:
    """Whether a file is named as one."""
    return bool(NAME.fullmatch(name))


def made(rows: pl.DataFrame) -> tuple[Piece, bytes]:
    """Rows of one series as a data file."""
    rows = rows.sort("time", "seen")
    buffer = BytesIO()
    rows.write_parquet(buffer, compression="zstd", compression_level=1)
    data = buffer.getvalue()
    exchange, symbol, timeframe = rows.row(0)[:3]
    first, last = (int(rows["time"][at].timestamp()) for at in (0, -1))
    name = f"{sha256(data)}.parquet"
    piece = Piece(name, exchange, symbol, timeframe, first, last, len(rows), len(data))
    return piece, data


def merged(parts: Iterable[pl.DataFrame]) -> list[tuple[Piece, bytes]]:
    """Rows of one series in as few pieces as they fit in, in order of time.

    Raises
    ------
    StoreError
        The pieces do not hold the rows that the parts held, no more and no fewer.
    """
    parts = list(parts)
    rows = pl.concat(parts).sort("time", "seen")
    new = [made(chunk) for chunk in rows.iter_slices(ROWS_PER_PIECE)]
    if digest([decode([BytesIO(data) for _, data in new])]) != digest(parts):
        message = "compaction would not have kept the rows; nothing was changed. Report it, please"
        raise StoreError(message)
    return new


def decode(sources: list[Any], columns: list[str] | None = None) -> pl.DataFrame:
    """Read data files, at least one, all given by their paths or all as `BytesIO`."""
    return pl.read_parquet(sources, columns=columns, glob=False)


def digest(parts: Iterable[pl.DataFrame]) -> str:
    """SHA-256 of the rows, whatever their order and however they are divided."""
    rows = pl.concat(parts)
    rows = rows.sort(rows.columns[3:])
    found = hashlib.sha256()
    for column in rows:
        if column.dtype == pl.String:
            found.update(json.dumps(column.rle().struct.unnest().rows()).encode())
        else:
            found.update(column.to_physical().to_numpy().tobytes())
    return found.hexdigest()
