"""Every file held against its checksum."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from foretell.errors import StoreError
from foretell.store.lock import LOCK
from foretell.store.manifest import MANIFEST, Manifest, sha256
from foretell.store.pieces import is_piece
from foretell.store.place import Place, is_unfinished
from foretell.store.progress import Report
from foretell.store.table import TABLES, live, version_of

__all__ = ["Finding", "Verification", "verified"]

ATTEMPTS = 10
READERS = 4


class Finding(NamedTuple):
    """What is wrong with one file.

    Attributes
    ----------
    file : str
        Its path below the store's folder.
    problem : str
        ``"damaged"``, ``"missing"`` or ``"unexpected"``.
    """

    file: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file} is {self.problem}"


class Verification(NamedTuple):
    """What `Store.verify` found.

    Attributes
    ----------
    findings : list of Finding
    files : int
        How many were read.
    size : int
        Their size in bytes.
    unused : int
        How many of them are given up, or were left by a crash; a writer deletes them in time.
    """

    findings: list[Finding]
    files: int
    size: int
    unused: int

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verified(place: Place, report: Report) -> Verification:
    """Read every file of a place; while a writer changes it, several times.

    Raises
    ------
    StoreError
        There is no store, or it changes too fast.
    """
    for _ in range(ATTEMPTS):
        before = _head(place)
        found = _examine(place, before, report)
        if found.sound or _head(place) == before:
            return found
    message = f"the store {place.uri} changes faster than it can be verified; try again later"
    raise StoreError(message)


def _head(place: Place) -> bytes | None:
    try:
        return place.read(MANIFEST)
    except FileNotFoundError:
        return None


def _examine(place: Place, head: bytes | None, report: Report) -> Verification:
    names = {name for folder in _folders() for name in place.names(folder)}
    if head is None and not names - {LOCK}:
        message = f"there is no store at {place.uri}; fetch or import something first"
        raise StoreError(message)
    manifest, findings = _manifest(head)
    log = _checked(place, manifest.log, report)
    expected = _pieces(place, manifest) if log.sound else {}
    own = {name: _sum(name) for name in names if is_piece(_file(name))}
    data = _checked(place, own | expected, report)
    findings += log.findings + data.findings
    if manifest.versions:
        known = own.keys() | manifest.log.keys()
        findings += [
            Finding(name, "unexpected")
            for name in names - known
            if not _is_passing(name, manifest.versions)
        ]
    unused = len(own.keys() - expected.keys()) if expected else 0
    size = log.size + data.size + len(head or b"")
    return Verification(sorted(findings), log.files + data.files + 1, size, unused)


def _manifest(head: bytes | None) -> tuple[Manifest, list[Finding]]:
    nothing = Manifest(0, {})
    if head is None:
        return nothing, [Finding(MANIFEST, "missing")]
    try:
        return Manifest.from_bytes(head), []
    except StoreError:
        return nothing, [Finding(MANIFEST, "damaged")]


def _pieces(place: Place, manifest: Manifest) -> dict[str, str]:
    return {
        f"{table}/{piece.name}": piece.sha256
        for table, version in manifest.versions.items()
        for piece in live(place, table, version)
    }


def _checked(place: Place, sums: dict[str, str], report: Report) -> Verification:
    """Read files and hold them against their checksums."""

    def check(name: str) -> tuple[str, int]:
        try:
            data = place.read(name)
        except FileNotFoundError:
            return "missing", 0
        except (OSError, StoreError):
            return "damaged", 0
        return "" if sha256(data) == sums[name] else "damaged", len(data)

    findings, size = [], 0
    with ThreadPoolExecutor(READERS) as pool:
        for done, (name, found) in enumerate(zip(sums, pool.map(check, sums), strict=True), 1):
            problem, length = found
            findings += [Finding(name, problem)] if problem else []
            size += length
            report("verifying", done, len(sums))
    return Verification(findings, len(sums), size, 0)


def _is_passing(name: str, versions: dict[str, int]) -> bool:
    """Whether a file may be there without being entered: a writer's, at work or killed."""
    if name in (MANIFEST, LOCK) or is_unfinished(name) or name.endswith("/_last_checkpoint"):
        return True
    version = version_of(name)
    return version is not None and version <= versions[name.partition("/")[0]] + 1


def _folders() -> Iterable[str]:
    return ("", *(folder for table in TABLES for folder in (table, f"{table}/_delta_log")))


def _sum(name: str) -> str:
    return _file(name).removesuffix(".parquet")


def _file(name: str) -> str:
    return name.rpartition("/")[2]
