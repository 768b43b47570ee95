"""Data files: their checksum, and the row set that merging keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foretell.errors import StoreError
from foretell.store import pieces
from foretell.store.pieces import decode, digest, is_piece, made, merged

Make = Callable[..., pl.DataFrame]


def rows(make: Make, first: int = 0, level: float = 1.0, seen: int = 1) -> pl.DataFrame:
    frame = make(first=first, levels=[level, level + 1]).rename({"series": "symbol"})
    return frame.select(
        pl.lit("x").alias("exchange"), "symbol", pl.lit("1m").alias("timeframe"),
        "time", "open", "high", "low", "close", "volume",
        pl.lit(seen * 10**6).cast(pl.Datetime("us", "UTC")).alias("seen"),
    )  # fmt: skip


def test_a_piece_is_named_by_its_checksum_and_says_what_it_holds(make: Make) -> None:
    piece, data = made(rows(make, first=3, seen=9))
    assert piece.sha256 == hashlib.sha256(data).hexdigest()
    assert is_piece(piece.name)
    assert not is_piece(f"x{piece.name}")
    assert piece.key == ("x", "BTC/USDT", "1m")
    assert (piece.last - piece.first, piece.rows, piece.size) == (60, 2, len(data))
    assert decode([BytesIO(data)]).equals(rows(make, first=3, seen=9))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.lists(st.tuples(st.integers(0, 5), st.sampled_from([1.0, 2.0]), st.integers(1, 9)),
                     min_size=1, max_size=8))  # fmt: skip
def test_merging_keeps_the_rows_whatever_their_division(
    make: Make, draw: list[tuple[int, float, int]]
) -> None:
    parts = [rows(make, *each) for each in draw]
    new = [decode([BytesIO(data)]) for _, data in merged(parts)]
    assert digest(new) == digest(parts) == digest(reversed(parts))
    assert pl.concat(new)["time"].is_sorted()


@pytest.mark.parametrize("column", ["time", "open", "volume", "seen"])
def test_the_digest_tells_any_change(make: Make, column: str) -> None:
    frame = rows(make)
    other = frame.with_columns(
        pl.when(pl.int_range(2) == 1).then(pl.col(column).shift(1)).otherwise(pl.col(column))
    ) if column != "seen" else rows(make, seen=2)  # fmt: skip
    assert digest([frame]) != digest([other])
    assert digest([frame]) != digest([frame, frame.head(1)])
    assert digest([frame]) != digest([frame.head(1)])


def test_a_library_that_writes_something_else_is_noticed(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pieces.made
    monkeypatch.setattr(
        pieces, "made", lambda rows: original(rows.with_columns(pl.col("close") + 1e-9))
    )
    with pytest.raises(StoreError, match="nothing was changed"):
        merged([rows(make)])
