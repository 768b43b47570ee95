"""The one writer: commits, puts right what a crash has left, and keeps log and folder short."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Rows
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Lock, RLock

from foretell.errors import StoreError
from foretell.store.catalogue import Catalogue
from foretell.store.manifest import MANIFEST, Manifest, sha256
from foretell.store.pieces import Piece, is_piece
from foretell.store.place import PART, is_unfinished
from foretell.store.snapshot import NOTHING, Snapshot, changed
from foretell.store.table import (
    TABLES,
    checkpoint,
    commit,
    first_commit,
    foreign,
    log_file,
    version_of,
    written_by,
)

__all__ = ["CHECKPOINT", "KEPT_SECONDS", "Writer"]

CHECKPOINT = 64  # commits after which the log is shortened
KEPT_SECONDS = 600  # for which a file that was given up stays, for readers of the version before


class Writer:
    """Changes the store, while it holds the lock.

    Parameters
    ----------
    catalogue : Catalogue
    clock : callable
        The time in seconds since 1970.
    """

    def __init__(self, catalogue: Catalogue, clock: Callable[[], float]) -> None:
        self.catalogue, self.place, self.clock = catalogue, catalogue.place, clock
        self._head: bytes | None = None
        self._in_doubt = False  # whether what is on the disk is to be looked at anew
        self._sessions, self._held = 0, ExitStack()
        self._door, self._turn = Lock(), RLock()

    @contextmanager
    def session(self) -> Iterator[None]:
        """Keep other processes out, over one change or many; sessions overlap and nest.

        Raises
        ------
        StoreLocked
            Another process is the writer.
        """
        with self._door:
            if not self._sessions:
                self._enter()
            self._sessions += 1
        try:
            yield
        except BaseException:
            self._in_doubt = True
            raise
        finally:
            with self._door:
                self._sessions -= 1
                if not self._sessions:
                    self._held.close()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Make a change, which no other thread makes at the same time."""
        with self.session(), self._turn:
            yield

    def _enter(self) -> None:
        with ExitStack() as entered:
            entered.enter_context(self.place.locked())
            if self._in_doubt or self._head is None or self.catalogue.head() != self._head:
                self._head = None
                self._recover()
                self._in_doubt = False
            self._held = entered.pop_all()

    @property
    def snapshot(self) -> Snapshot:
        """The store as it is; no one else changes it."""
        return self.catalogue.snapshot(self._head)

    def stamp(self) -> int:
        """The time of a write in microseconds, later than all before even if the clock is not."""
        return max(int(self.clock() * 1_000_000), self.snapshot.manifest.seen + 1)

    def commit(
        self,
        table: str,
        added: Rows[tuple[Piece, bytes]],
        removed: Rows[Piece] = (),
        *,
        seen: int | None = None,
    ) -> None:
        """Add data files to a table, and give up others; all of it shows at once, or nothing.

        Parameters
        ----------
        table : str
        added : sequence of (Piece, bytes)
        removed : sequence of Piece
        seen : int, optional
            `stamp` of new rows. By default there are none: the same rows are divided otherwise.
        """
        before = self.snapshot
        manifest = before.manifest
        version = manifest.versions[table] + 1
        operation, stamp = ("OPTIMIZE", manifest.seen) if seen is None else ("WRITE", seen)
        entry = commit([piece for piece, _ in added], removed, operation, stamp)
        files = {f"{table}/{piece.name}": data for piece, data in added}
        files[log_file(table, version)] = entry
        manifest = _advanced(manifest, table, entry, stamp)
        gone = [piece.name for piece in removed]
        pieces = changed(before.pieces[table], [piece for piece, _ in added], gone)
        self._publish(files, Snapshot(manifest, {**before.pieces, table: pieces}))
        for piece in removed:
            self.place.retire(f"{table}/{piece.name}")
        if version % CHECKPOINT == 0:
            self._shorten(table)

    def sweep(self) -> int:
        """Delete what is no longer used, some time after it was given up; how many files."""
        unused = [
            name for table in TABLES for name in _unused(self.place.names(table), self._used(table))
        ]
        for name in unused:
            self.place.delete(name)
        return len(unused)

    def _used(self, table: str) -> set[str]:
        return {f"{table}/{piece.name}" for piece in self.snapshot.all(table)}

    def _publish(self, files: dict[str, bytes], after: Snapshot) -> None:
        head = after.manifest.to_bytes()
        self.place.publish(files, (MANIFEST, head))
        self._head = head
        self.catalogue.remember(head, after)

    def _shorten(self, table: str) -> None:
        """Write a checkpoint, and delete the log up to the one before it."""
        manifest, pieces = self.snapshot.manifest, self.snapshot.pieces
        version = manifest.versions[table]
        name, checksum = checkpoint(self.place, table, version)
        old = [
            each for each in manifest.log
            if each.startswith(f"{table}/") and (version_of(each) or 0) < version - CHECKPOINT
        ]  # fmt: skip
        log = {each: held for each, held in manifest.log.items() if each not in old}
        self._publish({}, Snapshot(replace(manifest, log=log | {name: checksum}), pieces))
        self.place.settle(MANIFEST)
        for each in old:
            self.place.delete(each)
        self.sweep()

    # -- after a crash -------------------------------------------------------------------------

    def _recover(self) -> None:
        """Finish or undo a commit under way, and delete what its writer left."""
        head = self.catalogue.head()
        if head is None:
            self._create()
            return
        manifest = Manifest.from_bytes(head)
        for table in TABLES:
            manifest = self._settled(manifest, table)
        if manifest.to_bytes() != head:
            self.place.publish({}, (MANIFEST, manifest.to_bytes()))
        self._head = manifest.to_bytes()
        self.place.delete(f".{MANIFEST}{PART}")
        self.sweep()

    def _create(self) -> None:
        begun = [name for table in TABLES for name in self._log(table)]
        if any(version_of(name) for name in begun):
            message = (
                f"{MANIFEST} of the store {self.place.uri} is missing; restore it from a backup, "
                f"or move the store away and import or fetch again"
            )
            raise StoreError(message)
        for name in begun:
            self.place.delete(name)
        files = {log_file(table, 0): first_commit(table) for table in TABLES}
        log = {name: sha256(data) for name, data in files.items()}
        manifest = Manifest(0, dict.fromkeys(TABLES, 0), log)
        self._publish(files, Snapshot(manifest, NOTHING.pieces))
        self.place.settle(MANIFEST)

    def _settled(self, manifest: Manifest, table: str) -> Manifest:
        version = manifest.versions[table]
        following = log_file(table, version + 1)
        for name in self._log(table):
            if name in manifest.log or name == following:
                continue
            if self._is_left_over(name, version):
                self.place.delete(name)
        if following not in self._log(table):
            return manifest
        data = self.place.read(following)
        written = written_by(data)
        if written is not None and all(self._holds(table, name) for name in written[1]):
            return _advanced(manifest, table, data, written[0])
        self.place.delete(following)
        return manifest

    def _is_left_over(self, name: str, version: int) -> bool:
        of = version_of(name)
        if of is not None and of > version and name.endswith(".json"):
            raise foreign()
        return of is not None or is_unfinished(name) or name.endswith("/_last_checkpoint")

    def _log(self, table: str) -> dict[str, float]:
        return self.place.names(f"{table}/_delta_log")

    def _holds(self, table: str, name: str) -> bool:
        try:
            return f"{sha256(self.place.read(f'{table}/{name}'))}.parquet" == name
        except FileNotFoundError:
            return False


def _advanced(manifest: Manifest, table: str, entry: bytes, seen: int) -> Manifest:
    """The manifest after one more commit."""
    version = manifest.versions[table] + 1
    return Manifest(
        max(seen, manifest.seen),
        manifest.versions | {table: version},
        manifest.log | {log_file(table, version): sha256(entry)},
    )


def _unused(names: dict[str, float], used: set[str]) -> list[str]:
    """Files that were being written when their writer died, and those given up some time ago."""
    oldest = time.time() - KEPT_SECONDS
    return [
        name
        for name, changed in names.items()
        if is_unfinished(name)
        or (is_piece(name.rpartition("/")[2]) and name not in used and changed < oldest)
    ]
