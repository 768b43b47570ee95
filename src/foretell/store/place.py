"""Where a store lies: files by name, published so that a crash leaves them whole or not at all.

A name is a path below the store's root with ``/`` between its parts. `Local` is a folder of this
machine, `Remote` an object store such as ``s3://bucket/candles``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from foretell.errors import MissingExtra, StoreError
from foretell.home import data_folder
from foretell.store.lock import LOCK, writer_lock
from foretell.writing import flush, flush_folder

__all__ = ["PART", "STORE", "Local", "Place", "Remote", "is_unfinished", "place_of"]

STORE = "FORETELL_STORE"
PART = ".part"  # ending of a file that is being written
SYNCS = 4  # files flushed side by side, of which a file system makes one entry of its journal


UNFINISHED = re.compile(r"(\.part|#\d+)$")  # ours, and those of object_store, thus of deltalake


def is_unfinished(name: str) -> bool:
    """Whether a file is one that was being written, by its name."""
    return UNFINISHED.search(name) is not None


class Place(Protocol):
    """Files by name."""

    uri: str

    def locked(self) -> AbstractContextManager[None]:
        """Hold the place against other writers."""

    def read(self, name: str) -> bytes:
        """The bytes of a file; FileNotFoundError where there is none."""

    def source(self, name: str) -> str | BytesIO:
        """A file as polars reads it; FileNotFoundError where there is none."""

    def names(self, folder: str) -> dict[str, float]:
        """Names of the files right inside a folder, with the times of their last change."""

    def publish(self, files: Mapping[str, bytes], head: tuple[str, bytes]) -> None:
        """Write new files, and when all of them are there, replace the head that tells of them."""

    def settle(self, name: str) -> None:
        """Make durable what another library has written."""

    def retire(self, name: str) -> None:
        """Begin the time after which a file that is no longer used may be deleted."""

    def delete(self, name: str) -> None:
        """Delete a file, if it is there."""


def place_of(path: str | Path | None) -> Place:
    """Where a store is: a folder, a URL, or by default ``FORETELL_STORE`` or the data folder."""
    chosen = path or os.environ.get(STORE) or data_folder() / "store"
    return Remote(chosen) if "://" in str(chosen) else Local(Path(chosen).expanduser())


class Local:
    """A folder.

    What `publish` has done survives a power cut: files are flushed before they get their names,
    and their names before the head is replaced. The head's own name is flushed by the next call;
    until then a power cut may leave the head before it, which the next writer makes up for.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.uri = str(self.root)
        self._threads, self._process = ThreadPoolExecutor(SYNCS), os.getpid()

    @property
    def _pool(self) -> ThreadPoolExecutor:
        """Threads that stay from one write to the next: beginning them takes as long as a write.

        They do not go with a process that is forked.
        """
        if self._process != os.getpid():
            self._threads, self._process = ThreadPoolExecutor(SYNCS), os.getpid()
        return self._threads

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock file; the folder is made where there is none."""
        with _refusals(self.uri):
            self.root.mkdir(parents=True, exist_ok=True)
        with writer_lock(self.root / LOCK):
            yield

    def read(self, name: str) -> bytes:
        """Read a file."""
        return (self.root / name).read_bytes()

    def source(self, name: str) -> str:
        """The path, which polars maps into memory."""
        return str(self.root / name)

    def names(self, folder: str) -> dict[str, float]:
        """List a folder; one that is not there is empty."""
        found = {}
        with (
            _refusals(self.uri),
            suppress(FileNotFoundError),
            os.scandir(self.root / folder) as entries,
        ):
            for entry in entries:
                with suppress(FileNotFoundError):
                    if not entry.is_dir():
                        found[f"{folder}/{entry.name}".lstrip("/")] = entry.stat().st_mtime
        return found

    def publish(self, files: Mapping[str, bytes], head: tuple[str, bytes]) -> None:
        """Write beside, flush, rename; twice, so that the head comes last."""
        everything = {**files, head[0]: head[1]}
        parts = {name: _part(self.root / name) for name in everything}
        try:
            with _refusals(self.uri):
                for name, data in everything.items():
                    _write(parts[name], data)
                list(self._pool.map(flush, parts.values()))
                for name in files:
                    parts[name].replace(self.root / name)
                folders = {
                    self.root,
                    *(self.root / up for name in files for up in Path(name).parents),
                }
                list(self._pool.map(flush_folder, folders))
                parts[head[0]].replace(self.root / head[0])
        except BaseException:
            for part in parts.values():
                with suppress(OSError):
                    part.unlink(missing_ok=True)
            raise

    def settle(self, name: str) -> None:
        """Flush a file and its name."""
        with _refusals(self.uri):
            flush(self.root / name)
            flush_folder((self.root / name).parent)

    def retire(self, name: str) -> None:
        """Set its time of last change to now."""
        with suppress(OSError):
            os.utime(self.root / name)

    def delete(self, name: str) -> None:
        """Remove it."""
        with _refusals(self.uri):
            (self.root / name).unlink(missing_ok=True)


class Remote:
    """An object store, or with ``file://`` a folder that is treated as one.

    Credentials and regions come from the environment, as obstore and deltalake read them. There is
    no lock: that one process writes at a time is up to whoever starts them. Where two do, the
    later finds that the commit it wants to make is there already, and fails.
    """

    def __init__(self, url: object) -> None:
        self.uri = str(url).rstrip("/")
        obstore = _obstore()
        with _refusals(self.uri, Exception):
            self._store = obstore.store.from_url(self.uri)

    def locked(self) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()

    def read(self, name: str) -> bytes:
        """Fetch a file."""
        try:
            return bytes(_obstore().get(self._store, name).bytes())
        except FileNotFoundError:
            raise
        except Exception as error:
            raise _refused(self.uri, error) from error

    def source(self, name: str) -> BytesIO:
        """Its bytes."""
        return BytesIO(self.read(name))

    def names(self, folder: str) -> dict[str, float]:
        """List the objects that would be files right inside a folder."""
        prefix = f"{folder}/" if folder else ""
        with _refusals(self.uri, Exception):
            pages = _obstore().list_with_delimiter(self._store, prefix or None)["objects"]
        return {each["path"]: each["last_modified"].timestamp() for each in pages}

    def publish(self, files: Mapping[str, bytes], head: tuple[str, bytes]) -> None:
        """Put one after the other; an object store shows each whole."""
        obstore = _obstore()
        with _refusals(self.uri, Exception):
            for name, data in files.items():
                obstore.put(self._store, name, data, mode="create")
            obstore.put(self._store, *head)

    def settle(self, name: str) -> None:
        """Nothing: an object that is there is durable."""

    def retire(self, name: str) -> None:
        """Nothing: an object's time is that of its making."""

    def delete(self, name: str) -> None:
        """Remove it."""
        with suppress(FileNotFoundError), _refusals(self.uri, Exception):
            _obstore().delete(self._store, name)


def _obstore() -> Any:
    try:
        import obstore
        import obstore.store
    except ImportError as error:
        message = "a store at a URL needs obstore; install it with: pip install 'foretell[cloud]'"
        raise MissingExtra(message) from error
    return obstore


@contextmanager
def _refusals(uri: str, kind: type[Exception] = OSError) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except kind as error:
        raise _refused(uri, error) from error


def _refused(uri: str, error: Exception) -> StoreError:
    cause = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    message = (
        f"the store {uri} cannot be written or reached: {cause}. What was stored before is safe; "
        f"free some space or correct the place, or choose another with {STORE}, and run it again"
    )
    return StoreError(message)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}{PART}")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
