"""Every bar has one entry, whatever happens to the store and to the process."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell import Forecaster
from foretell.errors import LedgerError, ShortHistory
from foretell.forecast import quantile_names
from foretell.live import Entry, Watcher, history
from foretell.store import Store

KEY = ("binance", "BTC/USDT", "1h")
LAST = 149  # bar of the history


def again(entry: Entry, store: Store, model: Forecaster) -> Entry:
    """The entry that a forecast from scratch would have made."""
    frame = history(store, KEY, entry.time, entry.seen)
    forecast = model.predict(frame)
    figures = forecast.to_frame().select(quantile_names(forecast.levels)).rows()
    return Entry(
        entry.time, list(frame.row(-1)[2:]), entry.seen, entry.made,
        forecast.to_frame()["time"].dt.epoch("s").to_list(), [list(row) for row in figures],
    )  # fmt: skip


def bars_of(scene: Any, entries: list[Entry]) -> list[int]:
    first = scene.hourly["time"][0].timestamp()
    return [round((entry.time - first) / 3_600) for entry in entries]


def test_the_last_candle_and_each_one_after_it_has_an_entry(scene: Any, model: Forecaster) -> None:
    made = scene.watch(partial(scene.put, 150), partial(scene.put, 151, 152))
    assert bars_of(scene, made) == [149, 150, 151, 152]
    assert made == scene.ledger.read().entries
    assert [again(entry, scene.store, model) for entry in made] == made


def test_entries_are_as_of_when_their_bars_were_seen(scene: Any, model: Forecaster) -> None:
    """Revisions, late bars and older history from before change what comes after them alone."""
    made = scene.watch(
        partial(scene.put, 150), partial(scene.put, 151, 153), partial(scene.put, 150, close=90.0),
        partial(scene.put, 154), partial(scene.put, 152), partial(scene.put, 155, 156),
        partial(scene.put, 156, close=91.0),
    )  # fmt: skip
    assert bars_of(scene, made) == [149, 150, 151, 153, 154, 155, 156]  # 152 came late
    assert [again(entry, scene.store, model) for entry in made] == made


STEPS: list[tuple[tuple[int, ...], float | None]] = [
    ((150,), None), ((151, 152, 154), None), ((151,), 88.0), ((155,), None), ((153,), None),
    ((154, 156), None), ((155,), 87.0), ((157, 158), None), ((160, 161), None), ((159,), None),
    ((162,), None),
]  # fmt: skip


@pytest.mark.parametrize("ends", [{0}, {1, 2}, {4}, set(range(len(STEPS)))])
def test_a_restart_changes_nothing(
    ends: set[int], scene: Any, tmp_path: Path, model_file: Path, hourly: pl.DataFrame
) -> None:
    other = type(scene)(tmp_path / "other", model_file, hourly)
    other.put(*range(LAST + 1))
    scene.watch(*(partial(scene.put, *bars, close=close) for bars, close in STEPS))
    lives: list[list[Any]] = [[]]
    for number, (bars, close) in enumerate(STEPS):
        lives[-1].append(partial(other.put, *bars, close=close))
        if number in ends:
            lives.append([])
    for life in lives:
        other.watch(*life)
    assert other.ledger.path.read_bytes() == scene.ledger.path.read_bytes()


def test_bars_that_came_while_nobody_watched_are_entered_as_if_somebody_had(
    scene: Any, tmp_path: Path, model_file: Path, hourly: pl.DataFrame
) -> None:
    other = type(scene)(tmp_path / "other", model_file, hourly)
    other.put(*range(LAST + 1))
    scene.watch(*(partial(scene.put, *bars, close=close) for bars, close in STEPS))
    other.watch()
    for bars, close in STEPS:
        other.put(*bars, close=close)
    other.watch()
    assert other.ledger.path.read_bytes() == scene.ledger.path.read_bytes()


def test_a_kill_between_the_entries_of_one_write_loses_none(scene: Any) -> None:
    whole = scene.watch(partial(scene.put, 150, 151, 152, 153))
    lines = scene.ledger.path.read_bytes().splitlines(keepends=True)
    for kept in range(2, len(lines)):
        scene.ledger.path.write_bytes(b"".join(lines[:kept]) + lines[kept][:30])
        scene.watch()
        assert scene.ledger.read().entries == whole


def test_a_forecast_takes_one_step_where_nothing_was_revised(
    scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    plain = Forecaster.predict
    monkeypatch.setattr(
        Forecaster,
        "predict",
        lambda *given: read.append(1) or plain(*given),  # type: ignore[func-returns-value]
    )
    scene.watch(*(partial(scene.put, bar) for bar in range(150, 160)))
    assert len(read) == 1
    scene.watch(partial(scene.put, 150, close=90.0), partial(scene.put, 160))
    assert len(read) == 2


def test_a_series_without_candles_is_an_error(scene: Any, model: Forecaster) -> None:
    empty, key = scene.ledger, ("binance", "NEW/USDT", "1h")
    with empty.writing() as chain, pytest.raises(ShortHistory, match="has closed yet"):
        Watcher(model, scene.store, key, empty, chain, lambda: 0.0)


def test_another_model_is_refused(scene: Any, tiny: dict[str, Any], hourly: pl.DataFrame) -> None:
    scene.watch()
    other = Forecaster(**tiny | {"seed": 5}).fit(hourly.head(LAST))
    with scene.ledger.writing() as chain, pytest.raises(LedgerError, match="begun with"):
        Watcher(other, scene.store, KEY, scene.ledger, chain, lambda: 0.0)


def test_the_restart_test_would_notice_a_state_that_is_not_read_again(
    scene: Any, model: Forecaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Watcher.entries

    def careless(self: Watcher) -> Any:
        yield from plain(self)
        self._fresh = True

    monkeypatch.setattr(Watcher, "entries", careless)
    made = scene.watch(
        partial(scene.put, 150), partial(scene.put, 150, close=90.0), partial(scene.put, 151)
    )
    assert [again(entry, scene.store, model) for entry in made] != made
