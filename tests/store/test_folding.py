"""Pieces stay few, and a row is written again rarely."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.store.folding import crowded, is_compact
from foretell.store.pieces import ROWS_PER_PIECE, Piece


def piece(number: int, rows: int, first: int = 0, last: int = 0) -> Piece:
    return Piece(f"{number}.parquet", "x", "A", "1m", first, last, rows, 0)


def lived(writes: list[int]) -> tuple[list[Piece], int]:
    """Pieces after some writes, and how many rows were written in all."""
    pieces: list[Piece] = []
    written = 0
    for number, rows in enumerate(writes):
        old = crowded(pieces, rows)
        together = rows + sum(each.rows for each in old)
        pieces = [each for each in pieces if each not in old] + [piece(number, together)]
        written += together
    return pieces, written


@pytest.mark.parametrize("rows", [1, 10, 1_000])
def test_equal_writes_are_written_again_about_once_a_class(rows: int) -> None:
    pieces, written = lived([rows] * 3_000)
    total = 3_000 * rows
    assert sum(each.rows for each in pieces) == total
    assert len(pieces) <= 8 * log(total, 8)
    assert written <= total * (2 + log(3_000, 8))


@given(writes=st.lists(st.integers(1, 5_000), min_size=1, max_size=200))
def test_any_writes_leave_few_pieces_and_every_row(writes: list[int]) -> None:
    pieces, _ = lived(writes)
    assert sum(each.rows for each in pieces) == sum(writes)
    assert len(pieces) <= 8 * (1 + log(max(sum(writes), 8), 8))


def test_full_pieces_are_left_alone() -> None:
    pieces = [piece(number, ROWS_PER_PIECE) for number in range(20)]
    assert crowded(pieces, 1) == []
    assert crowded(pieces, ROWS_PER_PIECE) == []


def test_compact_is_full_and_in_order() -> None:
    assert is_compact([piece(0, 5)])
    assert is_compact([piece(0, ROWS_PER_PIECE, 0, 9), piece(1, 5, 10, 12)])
    assert not is_compact([piece(0, 5, 0, 9), piece(1, 5, 10, 12)])
    assert not is_compact([piece(0, ROWS_PER_PIECE, 0, 11), piece(1, 5, 10, 12)])
