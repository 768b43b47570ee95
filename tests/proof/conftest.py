"""A small rehearsal to score, made once."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster
from foretell.forecast import DEFAULT_LEVELS
from foretell.proof import rehearsal
from foretell.series import Sequence, instant, sequences

# Threads that spin while they wait starve whoever shares the cores; read when PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

DAY = 86_400
MONDAY = 1_641_168_000  # 2022-01-03


@pytest.fixture(scope="session")
def small() -> dict[str, Any]:
    """Arguments of a forecaster that trains in a tenth of a second."""
    return {
        "horizon": 3,
        "hidden_size": 8,
        "ensemble": 1,
        "steps": 10,
        "learning_rate": 1e-2,
        "chunk": 32,
        "warm_up": 8,
    }


@pytest.fixture(scope="session")
def history(simulate: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    """240 daily candles."""
    return simulate(240)


@pytest.fixture(scope="session")
def uneven(simulate: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    """Two series that begin and end at different times."""
    return pl.concat(
        [
            simulate(240, series="LONG"),
            simulate(190, seed=1, series="LATE", start=MONDAY + 60 * DAY),
        ]
    )


Rehearsed = tuple[Forecaster, list[Sequence], int]


def rehearse(frame: pl.DataFrame, parameters: dict[str, Any]) -> Rehearsed:
    rows = sequences(frame)
    trial, start = rehearsal(Forecaster(**parameters), rows)
    return trial.fit(frame, until=start), rows, instant(start)


@pytest.fixture(scope="session")
def rehearsed(history: pl.DataFrame, small: dict[str, Any]) -> Rehearsed:
    """A forecaster, the whole history, and the instant before which it was trained."""
    return rehearse(history, small)


@pytest.fixture(scope="session")
def rehearsed_uneven(uneven: pl.DataFrame, small: dict[str, Any]) -> Rehearsed:
    """The same over two series of unequal length."""
    return rehearse(uneven, small)


@pytest.fixture(scope="session")
def levels() -> np.ndarray:
    return np.array(DEFAULT_LEVELS)
