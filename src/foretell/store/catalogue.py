"""What the store holds at one moment, for readers that wait for nobody.

A reader takes the manifest, the version of each table that it names, and the files of that version.
A writer replaces the manifest in one step and deletes files only some time after they were given
up. Where a reader is slower than that, it begins again with the manifest of then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from foretell.errors import StoreError
from foretell.store.manifest import MANIFEST, Manifest
from foretell.store.pieces import Key, Piece
from foretell.store.place import Place
from foretell.store.table import TABLES, live

__all__ = ["Catalogue", "Snapshot"]

T = TypeVar("T")
ATTEMPTS = 100
EMPTY = Manifest(0, {})


@dataclass(frozen=True)
class Snapshot:
    """The store at one moment.

    Attributes
    ----------
    manifest : Manifest
    pieces : dict of str to list of Piece
        Data files of each table, in order of time.
    """

    manifest: Manifest
    pieces: dict[str, list[Piece]]

    def of(self, table: str, key: Key) -> list[Piece]:
        """The pieces of one series."""
        return [piece for piece in self.pieces[table] if piece.key == key]


class Catalogue:
    """Snapshots of a place; the last is remembered."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._head: bytes | None = None
        self._snapshot = Snapshot(EMPTY, {table: [] for table in TABLES})

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
        if head != self._head:
            manifest = EMPTY if head is None else Manifest.from_bytes(head)
            pieces = {
                table: live(self.place, table, manifest.versions[table])
                if table in manifest.versions else []
                for table in TABLES
            }  # fmt: skip
            self.remember(head, Snapshot(manifest, pieces))
        return self._snapshot

    def remember(self, head: bytes | None, snapshot: Snapshot) -> None:
        """Take over what is known without reading it."""
        self._head, self._snapshot = head, snapshot

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
