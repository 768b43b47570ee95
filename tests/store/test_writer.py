"""The writer after a crash: whatever operation was the last, the store is whole."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell.errors import StoreError
from foretell.store import Gap, Store
from foretell.store import place as place_module
from foretell.store import writer as writer_module

Make = Callable[..., pl.DataFrame]
BTC = ("binance", "BTC/USDT", "1m")


class Killed(BaseException):
    """Stands for SIGKILL: nothing is tidied up after it."""


class Death:
    """Counts operations on files, and kills at one; while dead, nothing is deleted either."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.countdown, self.dead = -1, False
        for owner, name in (
            (place_module, "_write"), (place_module, "flush"), (place_module, "flush_folder"),
            (Path, "replace"), (Path, "unlink"), (os, "utime"), (writer_module, "checkpoint"),
        ):  # fmt: skip
            patch.setattr(owner, name, self._around(getattr(owner, name), half=name == "_write"))

    def _around(self, action: Callable[..., Any], *, half: bool) -> Callable[..., Any]:
        def act(*arguments: Any, **options: Any) -> Any:
            if self.dead:
                raise Killed
            if self.countdown == 0:
                self.dead = True
                if half:
                    action(arguments[0], arguments[1][: len(arguments[1]) // 2])
                raise Killed
            self.countdown -= 1
            return action(*arguments, **options)

        return act


def live(store: Store, make: Make, done: list[int]) -> None:
    """A short life with every kind of change; 4 is a checkpoint's version, and 3 fold."""
    for step in range(6):
        store.write(make(first=2 * step, levels=[1.0 + step, 2.0 + step, 3.0]), "binance", "1m")
        done.append(step)
    store.note_gaps([Gap(*BTC, "2030-01-01", "2030-01-02", "far away")])
    done.append(6)
    store.compact()
    done.append(7)


def states(store: Store, make: Make) -> list[pl.DataFrame]:
    """What there is to read after each step."""
    read = []
    for step in range(6):
        store.write(make(first=2 * step, levels=[1.0 + step, 2.0 + step, 3.0]), "binance", "1m")
        read.append(store.read(*BTC))
    return read + [read[-1]] * 2


@pytest.mark.usefixtures("hasty")
def test_a_writer_killed_at_any_operation_leaves_the_store_whole(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = states(Store(tmp_path / "calm"), make)
    operations = 0
    while True:
        folder, done = tmp_path / f"killed {operations}", list[int]()
        with monkeypatch.context() as patch:
            death = Death(patch)
            death.countdown = operations
            with suppress(Killed):
                live(Store(folder), make, done)
            alive = not death.dead
        if alive:
            break
        check(folder, make, done, expected, relive=operations % 4 == 0)
        operations += 1
    assert operations > 100


def check(
    folder: Path, make: Make, done: list[int], expected: list[pl.DataFrame], *, relive: bool
) -> None:
    store = Store(folder)
    if (folder / "manifest.json").exists():
        assert store.verify().sound
    if done:
        held = store.read(*BTC)
        assert any(held.equals(expected[at]) for at in (done[-1], min(done[-1] + 1, 7)))
    if not relive:
        Store(folder).write(make(first=50), "binance", "1m")
        assert store.verify().sound
        return
    live(Store(folder), make, [])
    assert store.read(*BTC).equals(expected[-1])
    assert len(store.gaps()) == 1
    assert store.verify().sound
    assert not list(folder.rglob("*.part"))


def test_a_commit_that_a_power_cut_left_empty_is_undone(store: Store, make: Make) -> None:
    store.write(make(), "binance", "1m")
    following = Path(store.path) / "candles" / "_delta_log" / f"{2:020d}.json"
    following.write_bytes(b"")
    assert Store(store.path).read(*BTC).equals(make())
    assert store.verify().sound
    with Store(store.path).writing():
        assert not following.exists()
    assert Store(store.path).write(make(first=3), "binance", "1m").new == 3
    assert len(store.read(*BTC)) == 6
    assert store.verify().sound


@pytest.mark.parametrize(
    "left", ["_last_checkpoint", "_last_checkpoint#1", f"{1:020d}.checkpoint.parquet",
             f"{1:020d}.checkpoint.parquet#1", f".{2:020d}.json.part"],
)  # fmt: skip
def test_what_a_killed_checkpoint_left_is_no_damage_and_is_deleted(
    store: Store, make: Make, left: str
) -> None:
    store.write(make(), "binance", "1m")
    path = Path(store.path) / "candles" / "_delta_log" / left
    path.touch()
    assert store.verify().sound
    with Store(store.path).writing():
        assert not path.exists()


def test_a_manifest_that_a_power_cut_took_back_is_made_up_for(store: Store, make: Make) -> None:
    store.write(make(), "binance", "1m")
    manifest = Path(store.path) / "manifest.json"
    before = manifest.read_bytes()
    seen = store.write(make(first=3), "binance", "1m").seen
    manifest.write_bytes(before)
    later = Store(store.path, clock=lambda: 0.0).write(make(first=6), "binance", "1m").seen
    assert len(Store(store.path).read(*BTC)) == 9
    assert seen is not None
    assert later is not None
    assert later > seen
    assert store.verify().sound


def test_another_program_that_writes_is_noticed(store: Store, make: Make) -> None:
    import deltalake

    store.write(make(), "binance", "1m")
    table = f"{store.path}/candles"
    later = pl.read_delta(table).with_columns(pl.col("time") + timedelta(hours=1))
    deltalake.write_deltalake(table, later, mode="append")
    assert Store(store.path).read(*BTC).equals(make())
    with pytest.raises(StoreError, match="another program has written"):
        Store(store.path).write(make(first=3), "binance", "1m")


def test_a_lost_manifest_is_not_begun_anew(store: Store, make: Make) -> None:
    store.write(make(), "binance", "1m")
    (Path(store.path) / "manifest.json").unlink()
    with pytest.raises(StoreError, match=r"manifest.json of the store .* is missing"):
        Store(store.path).write(make(first=3), "binance", "1m")


def test_files_given_up_are_deleted_after_some_time(store: Store, make: Make) -> None:
    for first in (0, 3):
        store.write(make(first=first), "binance", "1m")
    folder = Path(store.path) / "candles"
    assert store.compact().deleted == 0
    assert len(list(folder.glob("*.parquet"))) == 3
    long_ago = time.time() - writer_module.KEPT_SECONDS - 1
    for path in folder.glob("*.parquet"):
        os.utime(path, (long_ago, long_ago))
    assert store.compact().deleted == 2
    assert len(list(folder.glob("*.parquet"))) == 1
    assert len(store.read(*BTC)) == 6


@pytest.mark.usefixtures("hasty")
def test_the_log_stays_short_and_deltalake_reads_it(store: Store, make: Make) -> None:
    import deltalake

    for step in range(23):
        store.write(make(first=step, levels=[1.0]), "binance", "1m")
    log = Path(store.path) / "candles" / "_delta_log"
    assert len(list(log.iterdir())) <= 2 * 4 + 3
    table = deltalake.DeltaTable(f"{store.path}/candles")
    assert table.version() == 23
    table.load_as_version(17)  # that of a slow reader, from before the last checkpoint
    rows = pl.read_delta(f"{store.path}/candles").sort("time")
    assert rows["time"].to_list() == store.read(*BTC)["time"].to_list()
    assert rows["symbol"].unique().to_list() == ["BTC/USDT"]


def test_a_failed_write_is_told_with_the_remedy_and_the_next_one_goes_on(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(make(), "binance", "1m")
    with monkeypatch.context() as patch:
        patch.setattr(place_module, "_write", lambda path, data: full())
        with pytest.raises(StoreError, match=r"No space left on device.*free some space"):
            store.write(make(first=3), "binance", "1m")
    assert store.read(*BTC).equals(make())
    assert store.write(make(first=3), "binance", "1m").new == 3


def full() -> None:
    raise OSError(28, "No space left on device")
