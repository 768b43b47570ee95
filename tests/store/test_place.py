"""Where a store lies: the environment decides, and an object store does like a folder."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell.errors import MissingExtra, StoreError
from foretell.store import Finding, Gap, Store
from foretell.store.place import Local, Remote, place_of

Make = Callable[..., pl.DataFrame]
BTC = ("binance", "BTC/USDT", "1m")


def test_the_place_is_given_or_in_the_environment_or_in_the_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FORETELL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("FORETELL_STORE", raising=False)
    assert Store().path == str(tmp_path / "home" / "store")
    monkeypatch.setenv("FORETELL_STORE", str(tmp_path / "elsewhere"))
    assert Store().path == str(tmp_path / "elsewhere")
    assert Store(tmp_path / "given").path == str(tmp_path / "given")
    assert isinstance(place_of(f"file://{tmp_path}"), Remote)


@pytest.mark.usefixtures("hasty")
def test_an_object_store_does_like_a_folder(tmp_path: Path, make: Make) -> None:
    (tmp_path / "bucket").mkdir()
    url = f"file://{tmp_path}/bucket"
    store = Store(url)
    for step in range(9):  # beyond two checkpoints
        store.write(make(first=step, levels=[float(step + 1)] * 3), "binance", "1m")
    store.note_gaps([Gap(*BTC, "2030-01-01", "2030-01-02", "why")])
    held = store.read(*BTC)
    assert len(held) == 11
    assert store.verify().sound
    store.compact()
    assert Store(url).read(*BTC).equals(held)
    assert Store(tmp_path / "bucket").read(*BTC).equals(held)
    assert Store(url).verify().sound
    path = next((tmp_path / "bucket" / "gaps").glob("*.parquet"))
    path.write_bytes(path.read_bytes() + b" ")
    assert store.verify().findings == [Finding(f"gaps/{path.name}", "damaged")]


def test_two_writers_of_an_object_store_do_not_overwrite_each_other(
    tmp_path: Path, make: Make
) -> None:
    (tmp_path / "bucket").mkdir()
    one, two = (Store(f"file://{tmp_path}/bucket") for _ in range(2))
    one.write(make(), "binance", "1m")
    with two.writing():
        one.write(make(first=3), "binance", "1m")
        with pytest.raises(StoreError, match="cannot be written or reached"):
            two.write(make(first=6), "binance", "1m")
    assert len(one.read(*BTC)) == 6


def test_a_url_without_obstore_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    importer = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("obstore"):
            raise ImportError(name)
        return importer(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"foretell\[cloud\]"):
        Store("s3://bucket/candles")


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(StoreError, match="cannot be written or reached"):
        Store("nowhere://bucket")


def test_nothing_is_left_of_files_that_could_not_all_be_written(tmp_path: Path) -> None:
    place = Local(tmp_path)
    (tmp_path / "a").write_bytes(b"in the way")
    with place.locked(), pytest.raises(StoreError, match="free some space"):
        place.publish({"b": b"1", "a/c": b"2"}, ("head", b"3"))
    assert {path.name for path in tmp_path.iterdir()} == {"a", "writer.lock"}


def test_a_folder_that_cannot_be_made_is_told_with_the_remedy(tmp_path: Path, make: Make) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="choose another with FORETELL_STORE"):
        Store(tmp_path / "file" / "store").write(make(), "binance", "1m")


def test_a_store_that_cannot_be_read_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        Store(tmp_path).series()


def test_a_process_that_was_forked_begins_threads_of_its_own(tmp_path: Path) -> None:
    place = Local(tmp_path)
    place.publish({}, ("head", b"one"))
    before, place._process = place._pool, -1
    place.publish({}, ("head", b"two"))
    assert place._pool is not before
    assert place.read("head") == b"two"
