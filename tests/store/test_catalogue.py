"""Readers that are slower than a writer begin again, and say so where something is broken."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from foretell.errors import StoreError
from foretell.store import Store, catalogue
from foretell.store import writer as writer_module

Make = Callable[..., pl.DataFrame]
BTC = ("binance", "BTC/USDT", "1m")


@pytest.fixture
def overtaken(store: Store, make: Make, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Store]:
    """A reader whose files a writer replaces and deletes, some times, while it opens them."""
    monkeypatch.setattr(writer_module, "KEPT_SECONDS", -1)
    for first in (0, 3):
        store.write(make(first=first), "binance", "1m")

    def reader(times: int) -> Store:
        found, left = Store(store.path), [*range(times)]
        source = found._place.source

        def slow(name: str) -> object:
            if left:
                first = 100 * left.pop()
                store.write(make(first=first + 1_000), "binance", "1m")
                store.compact()
            return source(name)

        monkeypatch.setattr(found._place, "source", slow)
        return found

    return reader


@pytest.mark.parametrize("times", [1, 5])
def test_a_reader_that_is_overtaken_begins_again(
    overtaken: Callable[[int], Store], times: int
) -> None:
    assert len(overtaken(times).read(*BTC)) == 6 + 3 * times


def test_a_reader_that_is_always_overtaken_gives_up(
    overtaken: Callable[[int], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "ATTEMPTS", 3)
    with pytest.raises(StoreError, match="changes faster than it can be read"):
        overtaken(5).read(*BTC)


def test_a_file_that_is_gone_for_good_is_told_of(store: Store, make: Make) -> None:
    store.write(make(), "binance", "1m")
    for path in (Path(store.path) / "candles").glob("*.parquet"):
        path.unlink()
    with pytest.raises(StoreError, match=r"missing or damaged.*foretell store verify"):
        Store(store.path).read(*BTC)


def test_a_log_that_is_gone_is_told_of(store: Store, make: Make) -> None:
    store.write(make(), "binance", "1m")
    os.truncate(Path(store.path) / "candles" / "_delta_log" / f"{1:020d}.json", 30)
    with pytest.raises(StoreError, match=r"the log of candles .* cannot be read"):
        Store(store.path).read(*BTC)


def test_a_store_opened_before_sees_what_came_since(store: Store, make: Make) -> None:
    other = Store(store.path)
    store.write(make(), "binance", "1m")
    assert len(other.read(*BTC)) == 3
    store.write(make(first=3), "binance", "1m")
    assert len(other.read(*BTC)) == 6
