"""Snapshots that follow commit by commit are those that are read anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import polars as pl
import pytest

from foretell.store import Gap, Store
from foretell.store import catalogue as catalogue_module
from foretell.store.pieces import Piece
from foretell.store.snapshot import Snapshot, changed

Make = Callable[..., pl.DataFrame]
BTC = ("binance", "BTC/USDT", "1m")


def seen_by(store: Store) -> Snapshot:
    return store._catalogue.snapshot(store._catalogue.head())


def piece(symbol: str, first: int) -> Piece:
    return Piece(f"{symbol}{first}", "binance", symbol, "1m", first, first + 60, 2, 99)


def test_pieces_come_and_go_in_order() -> None:
    a1, a2, a3, b1 = piece("A", 1), piece("A", 2), piece("A", 3), piece("B", 1)
    held = changed({}, [a3, b1, a1])
    assert held == {a1.key: (a1, a3), b1.key: (b1,)}
    assert changed(held, [a2]) == {a1.key: (a1, a2, a3), b1.key: (b1,)}
    assert changed(held, [a2], ["A1", "A3"]) == {a1.key: (a2,), b1.key: (b1,)}
    assert changed(held, [a2], ["B1"]) == {a1.key: (a1, a2, a3)}
    assert changed(held, [], ["A3", "B1"]) == {a1.key: (a1,)}
    assert held == {a1.key: (a1, a3), b1.key: (b1,)}


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("few", [0, 2, 100])
def test_a_reader_that_follows_sees_what_one_that_begins_anew_does(
    store: Store, make: Make, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_module, "FEW", few)
    draw, follower = Random(few), Store(store.path)
    for step in range(60):
        symbol = draw.choice(["BTC/USDT", "ETH/USDT"])
        if step % 20 == 19:
            store.compact()
        elif step % 7 == 6:
            store.note_gaps([Gap(*BTC, 1_700_000_040 - 60 * step, 1_700_000_040, str(step))])
        else:
            store.write(make(symbol, first=draw.randrange(30)), "binance", "1m")
        if draw.random() < 0.6:
            anew = Store(store.path)
            assert seen_by(follower) == seen_by(anew) == seen_by(store)
            assert follower.read("binance", symbol, "1m").equals(anew.read("binance", symbol, "1m"))


def test_a_few_commits_are_followed_without_opening_the_table(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(make(), "binance", "1m")
    follower = Store(store.path)
    assert len(follower.read(*BTC)) == 3
    for first in (3, 6):
        store.write(make(first=first), "binance", "1m")
    monkeypatch.setattr(catalogue_module, "live", None)
    assert len(follower.read(*BTC)) == 9


def test_another_store_in_the_same_place_is_not_taken_for_the_same(
    store: Store, make: Make
) -> None:
    for first in (0, 3):
        store.write(make(first=first), "binance", "1m")
    follower = Store(store.path)
    assert len(follower.read(*BTC)) == 6
    shutil.rmtree(store.path)
    for first in (10, 20, 30):
        Store(store.path).write(make(first=first, levels=[7.0]), "binance", "1m")
    assert follower.read(*BTC)["open"].to_list() == [7.0] * 3


def test_threads_of_one_store_write_one_after_the_other(store: Store, make: Make) -> None:
    """A change is made on what the one before has left; the last to go gives up the lock."""

    def write(number: int) -> int:
        return store.write(make(first=3 * number), "binance", "1m").new

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(write, range(24))) == 72
    assert len(Store(store.path).read(*BTC)) == 72
    assert store.verify().sound
    assert Store(store.path).write(make(first=99), "binance", "1m").new == 3  # nobody holds it


def test_gaps_of_one_series_open_no_file_of_another(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for symbol in ("BTC/USDT", "ETH/USDT"):
        store.write(make(symbol), "binance", "1m")
        store.note_gaps([Gap("binance", symbol, "1m", 1_600_000_020, 1_600_000_020, "why")])
    opened: list[str] = []
    source = store._place.source
    monkeypatch.setattr(store._place, "source", lambda name: opened.append(name) or source(name))
    assert len(store.gaps(*BTC)) == 1
    assert len(opened) == 2
    assert len(store.gaps()) == 2


def test_times_and_series_are_told_without_prices(store: Store, make: Make) -> None:
    store.write(make(), "binance", "1m")
    store.write(make(levels=[5.0]), "binance", "1m")  # a revision
    assert store.times(*BTC).tolist() == [1_700_000_040, 1_700_000_100, 1_700_000_160]
    assert store.times("binance", "ETH/USDT", "1m").tolist() == []
    assert store.find("BTC/USDT") == [BTC]
    assert store.find("ETH/USDT") == []
    assert Store(Path(store.path).parent / "none").find("BTC/USDT") == []
