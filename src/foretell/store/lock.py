"""The lock that makes one process the writer; readers do without."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from foretell.errors import StoreError, StoreLocked

__all__ = ["LOCK", "writer_lock"]

LOCK = "writer.lock"


@contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold a lock file, or fail at once.

    The system lets go of it when the process ends, however it ends, so a lock is never stale. The
    file holds the number of the process while the lock is held, and is empty otherwise. Where
    there is no `fcntl` (Windows) nothing is locked.

    Raises
    ------
    StoreLocked
        Another process, or another `Store` of this one, holds it.
    StoreError
        The file cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        message = f"the store cannot be written: {path}: {error.strerror}; correct its permissions"
        raise StoreError(message) from error
    try:
        _take(descriptor, path)
        with suppress(OSError):  # a disk that is full: the number is only for the message
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
        try:
            yield
        finally:
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)  # lets go of the lock


def _take(descriptor: int, path: Path) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = _number(descriptor)
        who = {None: "another process", os.getpid(): "this process"}.get(pid, f"process {pid}")
        message = (
            f"{who} is writing to the store {path.parent}, and there is one writer at a time; wait "
            f"until it is done, or end it. Reading needs no waiting"
        )
        raise StoreLocked(message, pid) from error


def _number(descriptor: int) -> int | None:
    text = os.pread(descriptor, 20, 0)
    return int(text) if text.isdigit() else None
