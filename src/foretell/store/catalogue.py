"""What the store holds at one moment, for readers that wait for nobody.

A reader takes the manifest, the version of each table that it names, and the files of that version.
A writer replaces the manifest in one step and deletes files only some time after they were given
up. Where a reader is slower than that, it begins again with the manifest of then.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Rows
from typing import TypeVar

import polars as pl

from foretell.errors import StoreError
from foretell.store.manifest import MANIFEST, Manifest, sha256
from foretell.store.pieces import Piece
from foretell.store.place import Place
from foretell.store.reading import rows_of
from foretell.store.snapshot import NOTHING, Pieces, Snapshot, changed
from foretell.store.table import TABLES, changes_in, live, log_file

__all__ = ["Catalogue"]

T = TypeVar("T")
ATTEMPTS = 100
KEPT = 8  # pieces whose rows are kept
FEW = 16  # commits that are read one by one, rather than the log from its beginning


class Catalogue:
    """Snapshots of a place; the last is remembered."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._known: tuple[bytes | None, Snapshot] = None, NOTHING  # one, as threads may share it
        self._written: dict[str, pl.DataFrame] = {}

    def head(self) -> bytes | None:
        """The manifest as it is now; None where there is no store."""
        try:
            return self.place.read(MANIFEST)
        except FileNotFoundError:
            return None
        except OSError as error:
            message = f"the store {self.place.uri} cannot be read: {error.strerror}; correct that"
            raise StoreError(message) from error

    def snapshot(self, head: bytes | None) -> Snapshot:
        """What a manifest tells of."""
        known, snapshot = self._known
        if head == known:
            return snapshot
        found = NOTHING if head is None else self._opened(Manifest.from_bytes(head), snapshot)
        self.remember(head, found)
        return found

    def remember(self, head: bytes | None, snapshot: Snapshot) -> None:
        """Take over what is known without reading it."""
        self._known = head, snapshot

    def keep(self, name: str, rows: pl.DataFrame) -> None:
        """Keep the rows of a piece that was written here: who follows a series wants them next."""
        self._written = dict(list(self._written.items())[1 - KEPT :]) | {name: rows}

    def rows(self, table: str, pieces: Rows[Piece], columns: list[str]) -> pl.DataFrame:
        """Rows of pieces; those written here a moment ago are not read."""
        written = self._written
        if pieces and all(piece.name in written for piece in pieces):
            return pl.concat([written[piece.name].select(columns) for piece in pieces])
        return rows_of(self.place, table, pieces, columns)

    def _opened(self, manifest: Manifest, before: Snapshot) -> Snapshot:
        pieces = {}
        for table in TABLES:
            later = self._later(table, manifest, before)
            if later is None:
                pieces[table] = changed({}, live(self.place, table, manifest.versions[table]))
            else:
                pieces[table] = later
        return Snapshot(manifest, pieces)

    def _later(self, table: str, manifest: Manifest, before: Snapshot) -> Pieces | None:
        """The pieces by the commits since a snapshot; None where those are many, or another's."""
        since, version = (each.versions.get(table) for each in (before.manifest, manifest))
        if since is None or version is None or not since <= version <= since + FEW:
            return None
        logs = [log_file(table, number) for number in range(since, version + 1)]
        same = before.manifest.log.get(logs[0]) == manifest.log.get(logs[0])
        if not same or not all(name in manifest.log for name in logs):
            return None
        pieces = before.pieces[table]
        for name in logs[1:]:
            data = self.place.read(name)
            if sha256(data) != manifest.log[name]:
                return None
            pieces = changed(pieces, *changes_in(data))
        return pieces

    def read(self, action: Callable[[Snapshot], T]) -> T:
        """Do something with a snapshot whose files are all there.

        Raises
        ------
        StoreError
            A file is missing or damaged.
        """
        for _ in range(ATTEMPTS):
            head = self.head()
            try:
                return action(self.snapshot(head))
            except (OSError, StoreError, pl.exceptions.PolarsError) as error:
                if self.head() != head:
                    continue  # a writer has moved on, and the files with it
                if isinstance(error, StoreError):
                    raise
                raise _broken(self.place.uri, error) from error
        message = f"the store {self.place.uri} changes faster than it can be read; try again"
        raise StoreError(message)


def _broken(uri: str, error: Exception) -> StoreError:
    cause = str(error).partition("\n")[0]
    message = f"a file of the store {uri} is missing or damaged: {cause}"
    return StoreError(message + "; `foretell store verify` finds all that are")
