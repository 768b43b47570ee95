"""The store at one moment: its manifest, and the data files of every series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from foretell.store.manifest import Manifest
from foretell.store.pieces import Key, Piece
from foretell.store.table import TABLES

__all__ = ["NOTHING", "Pieces", "Snapshot", "changed"]

Pieces = Mapping[Key, tuple[Piece, ...]]  # of one table; those of a series in order of time


@dataclass(frozen=True)
class Snapshot:
    """The store at one moment.

    Attributes
    ----------
    manifest : Manifest
    pieces : mapping of str to Pieces
        Data files of each table.
    """

    manifest: Manifest
    pieces: Mapping[str, Pieces]

    def of(self, table: str, key: Key) -> tuple[Piece, ...]:
        """The pieces of one series."""
        return self.pieces[table].get(key, ())

    def all(self, table: str) -> list[Piece]:
        """The pieces of all series."""
        return [piece for own in self.pieces[table].values() for piece in own]


NOTHING = Snapshot(Manifest(0, {}), {table: {} for table in TABLES})


def changed(before: Pieces, added: Iterable[Piece], removed: Iterable[str] = ()) -> Pieces:
    """The pieces of a table after some came and others, by name, were given up.

    What is not touched is not looked at: a commit costs the same in a store of many series.
    """
    new: dict[Key, list[Piece]] = defaultdict(list)
    for piece in added:
        new[piece.key].append(piece)
    gone, after = set(removed), dict(before)
    held = {piece.name for key in new for piece in before.get(key, ())}
    for key in new if gone <= held else {**before, **new}:
        kept = (piece for piece in before.get(key, ()) if piece.name not in gone)
        after[key] = tuple(sorted((*kept, *new.get(key, ())), key=_in_order))
    return {key: own for key, own in after.items() if own} if gone - held else after


def _in_order(piece: Piece) -> tuple[int, str]:
    return piece.first, piece.name
