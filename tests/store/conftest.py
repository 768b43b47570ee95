"""Stores in empty folders, with a clock that ticks a second a look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import polars as pl
import pytest

from foretell.store import Store, folding, pieces, writer

MINUTE, START = 60, 1_700_000_040  # a full minute
NOW = 1_800_000_000


def candles_of(symbol: str = "BTC/USDT", first: int = 0, levels: list[float] | None = None,
               step: int = MINUTE) -> pl.DataFrame:  # fmt: skip
    """Candles that follow from a number each, from a bar on."""
    values = pl.Series(levels if levels is not None else [100.0, 101.0, 102.0], dtype=pl.Float64)
    times = (pl.int_range(len(values), eager=True) + first) * step + START
    return pl.DataFrame(
        {"series": [symbol] * len(values), "time": (times * 10**6).cast(pl.Datetime("us", "UTC"))}
    ).with_columns(
        open=values, high=values + 2, low=values / 2, close=values + 1, volume=values * 3
    )


@pytest.fixture
def make() -> Callable[..., pl.DataFrame]:
    return candles_of


@pytest.fixture
def clock() -> Callable[[], float]:
    ticks = count(NOW)
    return lambda: float(next(ticks))


@pytest.fixture
def store(tmp_path: Path, clock: Callable[[], float]) -> Store:
    return Store(tmp_path / "store", clock=clock)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rare things are frequent: checkpoints, folding, full pieces."""
    monkeypatch.setattr(writer, "CHECKPOINT", 4)
    monkeypatch.setattr("foretell.store.folding.WIDTH", 3)
    monkeypatch.setattr(pieces, "ROWS_PER_PIECE", 16)
    monkeypatch.setattr(folding, "ROWS_PER_PIECE", 16)
    yield  # noqa: PT022
