"""A store whose clock is a count of its writes, and a model of hourly candles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell import Forecaster
from foretell.live import Entry, LiveLedger, Watcher
from foretell.store import Store

KEY = ("binance", "BTC/USDT", "1h")
HISTORY = 150


@pytest.fixture(scope="session")
def hourly(simulate: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return simulate(400, series="BTC/USDT", step=3_600)


@pytest.fixture(scope="session")
def model_file(
    hourly: pl.DataFrame, tiny: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    Forecaster(**tiny).fit(hourly.head(HISTORY)).save(path)
    return path


@pytest.fixture
def model(model_file: Path) -> Forecaster:
    return Forecaster.load(model_file)


@dataclass
class Scene:
    """A series under watch, which can be left and taken up again."""

    folder: Path
    model_file: Path
    hourly: pl.DataFrame
    now: float = 0.0
    entries: list[Entry] = field(default_factory=list)

    @cached_property
    def ledger(self) -> LiveLedger:
        return LiveLedger(self.folder / "ledger.jsonl")

    @property
    def store(self) -> Store:
        return Store(self.folder / "store", clock=lambda: 0.0)

    def put(self, *bars: int, close: float | None = None) -> None:
        """Store bars in one write; with another close they are revisions."""
        rows = pl.concat([self.hourly.slice(bar, 1) for bar in bars])
        if close is not None:
            rows = rows.with_columns(
                close=pl.lit(close), low=pl.min_horizontal("low", pl.lit(close))
            )
        self.store.write(rows, *KEY[::2])

    def watch(
        self, *steps: Callable[[], None], expected: Mapping[str, Any] | None = None
    ) -> list[Entry]:
        """One life of a watcher: what it enters at first, and after each step."""
        made = []
        with self.ledger.writing() as chain:
            model = Forecaster.load(self.model_file)
            watcher = Watcher(
                model, self.store, KEY, self.ledger, chain, lambda: self.now, expected
            )
            made += list(watcher.entries())
            for step in steps:
                step()
                made += list(watcher.entries())
        self.entries += made
        return made


@pytest.fixture
def scene(tmp_path: Path, model_file: Path, hourly: pl.DataFrame) -> Scene:
    scene = Scene(tmp_path, model_file, hourly)
    scene.put(*range(HISTORY))
    return scene
