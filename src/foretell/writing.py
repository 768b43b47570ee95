"""Files are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from foretell.errors import UsageError

__all__ = ["check_place", "flush", "flush_folder", "make_folder", "write_whole"]


def check_place(path: str | Path) -> None:
    """Refuse a place where no file can be written, before there is anything to lose.

    Raises
    ------
    UsageError
        It is a folder or a device, lies in a folder that does not exist, or is not ours to write.
    """
    with _beside(Path(path)):
        pass


def write_whole(path: str | Path, data: bytes) -> None:
    """Write a file; one of that name is replaced in one step, or stays as it was.

    Raises
    ------
    UsageError
        As for `check_place`, or the disk is full.
    """
    with _beside(Path(path)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        Path(file.name).replace(path)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where there is none.

    Raises
    ------
    UsageError
        It cannot be made, or is a file.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {str(path)!r}: {error.strerror}; choose another place"
        raise UsageError(message) from error


def flush(path: Path) -> None:
    """Have a file's bytes on the disk."""
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder(path: Path) -> None:
    """Have the names in a folder on the disk, without which a new file is lost in a power cut."""
    if os.name == "posix":  # elsewhere a folder cannot be opened
        flush(path)


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    """Open a file in the same folder, which is gone in the end."""
    try:
        if path.exists() and not path.is_file():
            raise OSError(0, "it is not a file")  # noqa: TRY301
        beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with beside.open("wb") as file:
                yield file
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        cause = getattr(error, "strerror", None) or error
        message = f"cannot write {str(path)!r}: {cause}; choose another place"
        raise UsageError(message) from error
