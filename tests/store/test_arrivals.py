"""What has come into a series since one looked last."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from foretell.store import Store

KEY = ("binance", "BTC/USDT", "1h")
HOUR = 3_600_000_000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", clock=lambda: 0.0)  # writes are seen at 1, 2, 3 ...


def put(store: Store, close: float, *bars: int) -> None:
    times = pl.Series("time", [bar * HOUR for bar in bars]).cast(pl.Datetime("us", "UTC"))
    frame = pl.DataFrame([pl.Series("series", ["BTC/USDT"] * len(bars)), times])
    prices = {"open": close, "high": close, "low": close, "close": close, "volume": 1.0}
    store.write(frame.with_columns(**{k: pl.lit(v) for k, v in prices.items()}), *KEY[::2])


def told(rows: pl.DataFrame) -> list[tuple[int, int, float]]:
    stamps = rows.select(pl.col("seen", "time").dt.epoch("us"), "close")
    return [(seen, time // HOUR, close) for seen, time, close in stamps.rows()]


def test_each_row_is_told_once_in_the_order_in_which_it_was_seen(store: Store) -> None:
    arrivals = store.arrivals(*KEY)
    assert told(arrivals()) == []
    put(store, 1.0, 1, 2)
    put(store, 2.0, 2, 3)  # the second is a revision
    assert told(arrivals()) == [(1, 1, 1.0), (1, 2, 1.0), (2, 2, 2.0), (2, 3, 2.0)]
    assert told(arrivals()) == []
    put(store, 3.0, 0)
    assert told(arrivals()) == [(3, 0, 3.0)]


def test_rows_that_are_folded_into_others_are_not_told_again(store: Store) -> None:
    arrivals = store.arrivals(*KEY)
    found = []
    for bar in range(40):
        put(store, 1.0, bar)
        found += told(arrivals())
    store.compact()
    assert told(arrivals()) == []
    assert [bar for _, bar, _ in found] == list(range(40))


def test_what_was_seen_before_is_not_told(store: Store) -> None:
    put(store, 1.0, 1)
    put(store, 1.0, 2)
    assert told(store.arrivals(*KEY, after=1)()) == [(2, 2, 1.0)]
