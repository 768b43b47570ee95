"""The tables of the store, in Delta Lake's format. The only file that imports deltalake.

deltalake makes the schema, reads the log and writes checkpoints. Commits are written here: each is
a file of JSON lines whose bytes have to be known before they are published, so that they can be
flushed to the disk and entered in the manifest together with the data.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import polars as pl

from foretell.errors import StoreError
from foretell.store.manifest import sha256
from foretell.store.pieces import KEY, VALUES, Piece
from foretell.store.place import Place

__all__ = [
    "CANDLES",
    "GAPS",
    "TABLES",
    "changes_in",
    "checkpoint",
    "commit",
    "first_commit",
    "foreign",
    "live",
    "log_file",
    "version_of",
    "written_by",
]

CANDLES, GAPS = "candles", "gaps"
TABLES = {
    CANDLES: dict.fromkeys(KEY, "string")
    | {"time": "timestamp"}
    | dict.fromkeys(VALUES, "double")
    | {"seen": "timestamp"},
    GAPS: dict.fromkeys(KEY, "string")
    | {"time": "timestamp", "last": "timestamp", "reason": "string", "seen": "timestamp"},
}
# The log is shortened by `foretell.store.writer`, which keeps the manifest in step with it.
CONFIGURATION = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
}
SEEN = "foretellSeen"


def log_file(table: str, version: int, ending: str = "json") -> str:
    """Name of a commit, or of another file of the log."""
    return f"{table}/_delta_log/{version:020d}.{ending}"


def version_of(name: str) -> int | None:
    """Version that a file of a log is of; None where the name does not begin with one."""
    digits = name.rpartition("/")[2].partition(".")[0]
    return int(digits) if len(digits) == 20 and digits.isdigit() else None


def first_commit(table: str) -> bytes:
    """The commit that makes a table."""
    from deltalake import Field, Schema
    from deltalake.schema import PrimitiveType

    columns = TABLES[table]
    schema = Schema([Field(name, PrimitiveType(kind)) for name, kind in columns.items()])
    about = {
        "id": str(uuid.uuid4()), "name": table, "format": {"provider": "parquet", "options": {}},
        "schemaString": schema.to_json(), "partitionColumns": [], "configuration": CONFIGURATION,
        "createdTime": _now(),
    }  # fmt: skip
    protocol = {"minReaderVersion": 1, "minWriterVersion": 2}
    return _lines([_info("CREATE TABLE", 0), {"protocol": protocol}, {"metaData": about}])


def commit(added: Iterable[Piece], removed: Iterable[Piece], operation: str, seen: int) -> bytes:
    """A commit that adds data files and removes others."""
    changes = operation == "WRITE"
    return _lines(
        [
            _info(operation, seen),
            *({"add": _add(piece, changes=changes)} for piece in added),
            *({"remove": _remove(piece, changes=changes)} for piece in removed),
        ]
    )


def written_by(data: bytes) -> tuple[int, list[str]] | None:
    """Time of a commit's rows and the data files that it adds; None where it is cut off.

    Raises
    ------
    StoreError
        Another program has written it.
    """
    try:
        actions = [json.loads(line) for line in data.splitlines()]
    except ValueError:
        return None
    if not actions:
        return None
    seen = actions[0].get("commitInfo", {}).get(SEEN)
    if not isinstance(seen, int):
        raise foreign()
    return seen, [each["add"]["path"] for each in actions if "add" in each]


def changes_in(data: bytes) -> tuple[list[Piece], list[str]]:
    """Data files that a commit adds, and the names of those that it removes."""
    actions = [json.loads(line) for line in data.splitlines()]
    return (
        [_piece(each["add"]) for each in actions if "add" in each],
        [each["remove"]["path"] for each in actions if "remove" in each],
    )


def foreign() -> StoreError:
    """The error where another program has written to a table."""
    message = (
        "another program has written to a table of the store, whose checksums now tell nothing; "
        "move the store away, and fetch or import again"
    )
    return StoreError(message)


def live(place: Place, table: str, version: int) -> list[Piece]:
    """Data files of a version of a table, in order of time.

    Raises
    ------
    StoreError
        The log cannot be read.
    """
    opened = _open(place, table, version)
    adds = pl.DataFrame(opened.get_add_actions(flatten=True))
    if adds.is_empty():
        return []
    columns = [
        pl.col("path"),
        *(pl.col(f"min.{name}") for name in KEY),
        *(pl.col(f"{end}.time").dt.epoch("s").alias(end) for end in ("min", "max")),
        "num_records",
        "size_bytes",
    ]
    rows = adds.select(columns).sort("min", "path").rows()
    return [Piece(*row) for row in rows]


def checkpoint(place: Place, table: str, version: int) -> tuple[str, str]:
    """Write the state of a table, from which its log can be read without what was before.

    Returns
    -------
    name, sha256 : str
    """
    from deltalake.exceptions import DeltaError

    name = log_file(table, version, "checkpoint.parquet")
    try:
        _open(place, table, version).create_checkpoint()
    except (DeltaError, OSError) as error:
        cause = str(error).partition("\n")[0]
        message = (
            f"the log of the store {place.uri} could not be shortened: {cause}. All rows are "
            f"stored; free some space and write again"
        )
        raise StoreError(message) from error
    # A hint for readers of tables with long logs. It would be one more file to go wrong.
    place.delete(f"{table}/_delta_log/_last_checkpoint")
    place.settle(name)
    return name, sha256(place.read(name))


def _open(place: Place, table: str, version: int) -> Any:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        return DeltaTable(f"{place.uri}/{table}", version=version)
    except (DeltaError, OSError, ValueError) as error:
        cause = str(error).partition("\n")[0]
        message = (
            f"the log of {table} in {place.uri} cannot be read: {cause}; `foretell store verify` "
            f"finds what is damaged"
        )
        raise StoreError(message) from error


def _add(piece: Piece, *, changes: bool) -> dict[str, Any]:
    key = dict(zip(KEY, piece.key, strict=True))
    first, last = ({"time": _iso(seconds)} for seconds in (piece.first, piece.last))
    stats = {"numRecords": piece.rows, "minValues": key | first, "maxValues": key | last}
    return {
        "path": piece.name, "partitionValues": {}, "size": piece.size, "modificationTime": _now(),
        "dataChange": changes, "stats": json.dumps(stats),
    }  # fmt: skip


def _piece(added: dict[str, Any]) -> Piece:
    """What `_add` wrote."""
    stats = json.loads(added["stats"])
    low, high = stats["minValues"], stats["maxValues"]
    first, last = (int(datetime.fromisoformat(each["time"]).timestamp()) for each in (low, high))
    exchange, symbol, timeframe = (low[name] for name in KEY)
    return Piece(
        added["path"], exchange, symbol, timeframe, first, last, stats["numRecords"], added["size"]
    )


def _remove(piece: Piece, *, changes: bool) -> dict[str, Any]:
    return {
        "path": piece.name, "deletionTimestamp": _now(), "dataChange": changes,
        "extendedFileMetadata": True, "partitionValues": {}, "size": piece.size,
    }  # fmt: skip


def _info(operation: str, seen: int) -> dict[str, Any]:
    about = {"timestamp": _now(), "operation": operation, "operationParameters": {}}
    return {"commitInfo": about | {"engineInfo": "foretell", SEEN: seen}}


def _iso(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def _now() -> int:
    return int(time.time() * 1_000)


def _lines(actions: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(action) + "\n" for action in actions).encode()
