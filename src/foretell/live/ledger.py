"""The ledger of live forecasts: lines chained by hash, on the disk before anybody sees them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from foretell.errors import LedgerError, UsageError
from foretell.home import data_folder
from foretell.live.entries import Entry, Key, Opening, hash_of, line_of, parsed
from foretell.writing import flush_folder, make_folder

__all__ = ["START", "Chain", "LiveLedger", "ledgers", "model_place", "model_places", "place_of"]

START = "0" * 64  # in place of a hash before the first line
FOLDER, ENDING, MODEL = "live", ".jsonl", ".safetensors"
BEGINNING = b'{"exchange":'  # of an opening


@dataclass
class Chain:
    """What a ledger says.

    Attributes
    ----------
    opening : Opening or None
        None where nothing was entered yet.
    entries : list of Entry
        In the order in which they were made.
    hashes : list of str
        Of all lines. Whoever keeps one can tell later that nothing up to it was changed or cut off.
    """

    opening: Opening | None = None
    entries: list[Entry] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    @property
    def head(self) -> str:
        """Hash of the last line."""
        return self.hashes[-1] if self.hashes else START


class LiveLedger:
    """One file. Lines are added, and never changed.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None
        self._head = START

    def read(self) -> Chain:
        """Read what was entered; a line that was cut off by a crash, and never shown, is left out.

        Raises
        ------
        LedgerError
            The file cannot be read, or a line in it was changed, moved or removed.
        """
        whole, _ = self._parts()
        return self._chain(whole.splitlines())

    def begun(self) -> tuple[Opening, Chain]:
        """Read what was entered, of which there has to be something.

        Raises
        ------
        LedgerError
            There is no ledger, or see `read`.
        """
        chain = self.read()
        if chain.opening is None:
            message = f"nothing is recorded in {self.path}; begin with `foretell watch`"
            raise LedgerError(message)
        return chain.opening, chain

    def opening(self) -> Opening | None:
        """Read the first line alone: whose record it is; None where there is nothing yet.

        Raises
        ------
        LedgerError
            It was changed.
        """
        with suppress(FileNotFoundError), self.path.open("rb") as file:
            line = file.readline()
            if line.endswith(b"\n"):
                content = self._checked(1, line[:-1], Chain())
                return content if isinstance(content, Opening) else None
        return None

    def _parts(self) -> tuple[bytes, bytes]:
        """Whole lines, and what a crash cut off behind them."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return b"", b""
        except OSError as error:
            message = f"{self.path} cannot be read ({error.strerror}); correct its permissions"
            raise LedgerError(message) from error
        end = data.rfind(b"\n") + 1
        if end == 0 and not _is_torn(data):
            message = f"{self.path} is no record of forecasts; name another file with --ledger"
            raise LedgerError(message)
        return data[:end], data[end:]

    def _chain(self, lines: list[bytes]) -> Chain:
        chain = Chain()
        for number, line in enumerate(lines, 1):
            content = self._checked(number, line, chain)
            if isinstance(content, Opening):
                chain.opening = content
            else:
                chain.entries.append(content)
            chain.hashes.append(hash_of(line))
        return chain

    def _checked(self, number: int, line: bytes, chain: Chain) -> Opening | Entry:
        try:
            content, previous = parsed(line)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._broken(number, "cannot be read") from error
        if previous != chain.head:
            raise self._broken(number, "does not follow from the one before it")
        if isinstance(content, Opening) != (number == 1):
            raise self._broken(number, "is not where it belongs")
        return content

    def _broken(self, number: int, what: str) -> LedgerError:
        return LedgerError(
            f"line {number} of {self.path} {what}: it or the line before was changed, moved or "
            f"removed. Restore the file from a copy, or move it away and begin a new record"
        )

    @contextmanager
    def writing(self) -> Iterator[Chain]:
        """Be its only writer.

        Yields
        ------
        Chain
            What was entered until now.

        Raises
        ------
        LedgerError
            Another process writes to it, it cannot be written, or see `read`.
        """
        make_folder(self.path.parent)
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._lock(descriptor)
            flush_folder(self.path.parent)
            whole, _ = self._parts()
            chain = self._chain(whole.splitlines())
            os.ftruncate(descriptor, len(whole))  # a torn line was never shown
            self._descriptor, self._head = descriptor, chain.head
            yield chain
        finally:
            self._descriptor = None
            os.close(descriptor)  # lets go of the lock

    def _lock(self, descriptor: int) -> None:
        if sys.platform == "win32":
            return
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = (
                f"another process writes to {self.path}: the same is being watched already; end "
                f"it, or name another file with --ledger"
            )
            raise LedgerError(message) from error

    def append(self, content: Opening | Entry) -> None:
        """Add a line; it is on the disk when this returns, or there is an error and no line.

        Raises
        ------
        LedgerError
            The disk is full, or broken.
        """
        if self._descriptor is None:
            message = "the ledger is not open for writing; use `with ledger.writing():`"
            raise UsageError(message)
        line = line_of(content, self._head)
        size = os.fstat(self._descriptor).st_size
        try:
            _write(self._descriptor, line + b"\n")
        except OSError as error:
            os.ftruncate(self._descriptor, size)
            raise self._unwritable(error) from error
        self._head = hash_of(line)

    def _unwritable(self, error: OSError) -> LedgerError:
        return LedgerError(
            f"{self.path} cannot be written ({error.strerror}); make room or correct its "
            f"permissions, then run the same command again: it goes on where it ended"
        )


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
    os.fdatasync(descriptor)


def _is_torn(data: bytes) -> bool:
    """Whether this can be an opening that was being written; a power cut may leave zeros."""
    return BEGINNING.startswith(data[: len(BEGINNING)]) or not data.strip(b"\0")


def place_of(key: Key, model: str) -> Path:
    """Where the ledger of a series and a model lies; the model by its fingerprint."""
    return data_folder() / FOLDER / f"{_name_of(key)}-{model[:8]}{ENDING}"


def _name_of(key: Key) -> str:
    """A series as a part of file names."""
    return "-".join(key).replace("/", "-").replace(":", "-")


def ledgers() -> list[Path]:
    """All ledgers in the user's data folder, in order of their names."""
    return sorted((data_folder() / FOLDER).glob(f"*{ENDING}"))


def model_place(key: Key) -> Path:
    """Where the model lies that was trained when a series was first watched."""
    return data_folder() / FOLDER / f"{_name_of(key)}{MODEL}"


def model_places() -> list[Path]:
    """All such models, in order of their names."""
    return sorted((data_folder() / FOLDER).glob(f"*{MODEL}"))
