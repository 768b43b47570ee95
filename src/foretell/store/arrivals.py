"""What has come into a series since one looked last."""

from __future__ import annotations

import polars as pl

from foretell.store.catalogue import Catalogue
from foretell.store.pieces import VALUES, Key
from foretell.store.reading import rows_of
from foretell.store.snapshot import Snapshot
from foretell.store.table import CANDLES

__all__ = ["Arrivals"]

COLUMNS = ["time", *VALUES, "seen"]


class Arrivals:
    """Candles and revisions of one series, each told once.

    Parameters
    ----------
    catalogue : Catalogue
    key : Key
    after : int
        Microseconds since 1970: what was seen up to then is not told.
    """

    def __init__(self, catalogue: Catalogue, key: Key, after: int) -> None:
        self._catalogue, self._key, self._after = catalogue, key, after
        self._read: set[str] = set()  # pieces: their rows never change
        self._nothing = rows_of(catalogue.place, CANDLES, [], COLUMNS)

    def __call__(self) -> pl.DataFrame:
        """What is new.

        Returns
        -------
        polars.DataFrame
            Columns ``time, open, high, low, close, volume, seen``, a row a revision, in the order
            in which they were seen, and of those seen together in order of time.
        """
        rows, names = self._catalogue.read(self._unread)
        if rows.is_empty():
            return rows
        # in NumPy: most often it is one row, for which polars would plan longer than it works
        is_new_T = rows["seen"].to_physical().to_numpy() > self._after
        rows = rows if is_new_T.all() else rows.filter(pl.Series(is_new_T))
        rows = rows.sort("seen", "time") if len(rows) > 1 else rows
        self._read = names
        if len(rows):
            self._after = int(rows["seen"].to_physical()[-1])
        return rows

    def _unread(self, snapshot: Snapshot) -> tuple[pl.DataFrame, set[str]]:
        pieces = snapshot.of(CANDLES, self._key)
        unread = [piece for piece in pieces if piece.name not in self._read]
        if not unread:
            return self._nothing, self._read
        rows = self._catalogue.rows(CANDLES, unread, COLUMNS)
        return rows, {piece.name for piece in pieces}
