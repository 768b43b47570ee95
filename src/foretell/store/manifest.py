"""The manifest: which version of each table is the latest, and the checksum of every log file.

It is the head of the store. A commit counts from when the manifest tells of it. Data files carry
their checksum in their name, log files in the manifest, and the manifest carries its own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from foretell.errors import StoreError

__all__ = ["MANIFEST", "Manifest", "sha256"]

MANIFEST = "manifest.json"
FORMAT = "foretell-store-1"


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Manifest:
    """What the store consists of.

    Attributes
    ----------
    seen : int
        Time of the last write, in microseconds since 1970; the next is later, whatever the clock.
    versions : dict of str to int
        Latest version of each table.
    log : dict of str to str
        SHA-256 of each file of the logs, by name.
    """

    seen: int
    versions: dict[str, int]
    log: dict[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """As JSON, with the checksum of the rest."""
        held = {
            "format": FORMAT, "seen": self.seen, "versions": self.versions, "log": self.log,
        }  # fmt: skip
        return _json(held | {"sha256": sha256(_json(held))})

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """Read what `to_bytes` wrote.

        Raises
        ------
        StoreError
            A bit of it is not as it was written.
        """
        try:
            held = json.loads(data)
            manifest = cls(held["seen"], held["versions"], held["log"])
            whole = manifest.to_bytes() == data
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            message = (
                f"{MANIFEST} of the store is damaged; restore it from a backup, or move the store "
                f"away and import or fetch again"
            )
            raise StoreError(message)
        return manifest


def _json(held: object) -> bytes:
    return json.dumps(held, sort_keys=True).encode()
