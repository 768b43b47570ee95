"""How many pieces a series lies in: few, whatever the size of the writes."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from itertools import pairwise

from foretell.store.pieces import ROWS_PER_PIECE, Piece

__all__ = ["WIDTH", "crowded", "is_compact"]

WIDTH = 8  # pieces of like size that are made into one


def crowded(pieces: Rows[Piece], rows: int) -> list[Piece]:
    """Pieces of a series to make into one together with rows about to be written.

    Sizes fall into classes, each eight times the one before. As soon as there would be eight
    pieces of a class, they become one of the next. So a row is written again about once a class,
    and a series of n rows lies in less than ``8 * log8(n)`` pieces.
    """
    chosen: list[Piece] = []
    rest = list(pieces)
    while True:
        peers = [piece for piece in rest if _class(piece.rows) <= _class(rows)]
        together = rows + sum(piece.rows for piece in peers)
        if len(peers) < WIDTH - 1 or together > ROWS_PER_PIECE:
            return chosen
        chosen += peers
        rest = [piece for piece in rest if piece not in peers]
        rows = together


def is_compact(pieces: Rows[Piece]) -> bool:
    """Whether the rows of a series lie in as few pieces as they can, one after the other."""
    full = all(piece.rows == ROWS_PER_PIECE for piece in pieces[:-1])
    apart = all(one.last <= two.first for one, two in pairwise(pieces))
    return full and apart


def _class(rows: int) -> int:
    return (rows.bit_length() - 1) // 3
