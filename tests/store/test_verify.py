"""Verification: every kind of damage is found, and the file named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from foretell.errors import StoreError
from foretell.store import Finding, Gap, Store

Make = Callable[..., pl.DataFrame]


@pytest.fixture
def lived(store: Store, make: Make, hasty: None) -> Store:
    """With data, gaps, logs of both, and a checkpoint."""
    for step in range(6):
        store.write(make(first=3 * step), "binance", "1m")
    store.note_gaps([Gap("binance", "BTC/USDT", "1m", "2030-01-01", "2030-01-02", "why")])
    return store


def files(store: Store) -> list[Path]:
    return [path for path in sorted(Path(store.path).rglob("*")) if path.is_file()]


def used(store: Store) -> list[Path]:
    snapshot = store._writer.snapshot
    live = {piece.name for table in snapshot.pieces for piece in snapshot.all(table)}
    return [
        path for path in files(store)
        if path.name in live or path.parent.name == "_delta_log" or path.name == "manifest.json"
    ]  # fmt: skip


def name(store: Store, path: Path) -> str:
    return str(path.relative_to(store.path))


def test_a_sound_store_is_told_to_be(lived: Store) -> None:
    found = lived.verify()
    assert found.sound
    assert found.files == len(files(lived)) - 1  # the lock is empty
    assert found.size == sum(path.stat().st_size for path in files(lived))
    assert found.unused > 0


def test_every_missing_file_is_found(lived: Store) -> None:
    for path in used(lived):
        whole = path.read_bytes()
        path.unlink()
        assert lived.verify().findings == [Finding(name(lived, path), "missing")]
        path.write_bytes(whole)
    assert lived.verify().sound


def test_every_file_cut_short_or_with_something_appended_is_found(lived: Store) -> None:
    for path in files(lived):
        whole = path.read_bytes()
        for other in {whole[:-1], whole + b" ", b""} - {whole}:
            path.write_bytes(other)
            problem = "unexpected" if path.name == "writer.lock" else "damaged"
            if problem == "damaged":
                assert Finding(name(lived, path), problem) in lived.verify().findings
        path.write_bytes(whole)
    assert lived.verify().sound


@pytest.mark.parametrize(
    "place",
    ["note.txt", "candles/part-0.parquet", "gaps/x.json", "candles/_delta_log/x.txt",
     f"candles/_delta_log/{99:020d}.json"],
)  # fmt: skip
def test_a_file_that_should_not_be_there_is_found(lived: Store, place: str) -> None:
    (Path(lived.path) / place).write_text("{}")
    assert lived.verify().findings == [Finding(place, "unexpected")]


def test_a_commit_under_way_is_no_damage(lived: Store) -> None:
    log = Path(lived.path) / "candles" / "_delta_log"
    (log / f"{7:020d}.json").write_text("{}")
    (log / f".{7:020d}.json.part").write_text("{")
    assert lived.verify().sound


def test_a_writer_at_work_makes_verification_look_again(
    lived: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    import foretell.store.verify as module

    examine, looks = module._examine, []

    def interrupted(*arguments):
        looks.append(len(looks))
        if len(looks) == 1:
            lived.write(make(first=100), "binance", "1m")
            lived.write(make(first=200), "binance", "1m")
        return examine(*arguments)

    monkeypatch.setattr(module, "_examine", interrupted)
    assert lived.verify().sound
    assert len(looks) == 2


def test_where_there_is_no_store_there_is_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        Store(tmp_path / "none").verify()


def test_a_read_of_a_damaged_file_says_so(lived: Store) -> None:
    path = next(path for path in used(lived) if path.parent.name == "candles")
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(StoreError, match=r"missing or damaged.*foretell store verify"):
        lived.read("binance", "BTC/USDT", "1m")


def test_progress_is_told(lived: Store) -> None:
    told: list[tuple[str, int, int]] = []
    lived.verify(lambda *step: told.append(step))
    assert told[-1][0] == "verifying"
    assert told[-1][1] == told[-1][2] > 0
