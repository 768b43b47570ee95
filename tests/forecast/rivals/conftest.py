"""Series to forecast: candles with calm and wild spells, and hourly values with a daily cycle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from foretell.series import Frequency, Sequence, sequences

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
DAILY = Frequency(86_400)


@pytest.fixture
def levels() -> np.ndarray:
    return LEVELS


@pytest.fixture(scope="session")
def priced(candles: pl.DataFrame) -> Sequence:
    """300 daily candles whose moves swell and shrink."""
    row = sequences(candles)[0]
    swell_T1 = 1.0 + 0.9 * np.sin(np.arange(len(row)) / 15.0)[:, None]
    log_TC = np.log(row.value_TC[:, :4])
    move_TC = log_TC - log_TC[:, :1]
    close_T = np.cumsum(swell_T1[:, 0] * move_TC[:, 3])
    opened_T1 = np.append(0.0, close_T[:-1])[:, None]
    return replace(row, columns=row.columns[:4], value_TC=np.exp(opened_T1 + swell_T1 * move_TC))


@pytest.fixture(scope="session")
def valued(simulate_values: Callable[..., pl.DataFrame]) -> Sequence:
    """300 hourly values around a daily cycle."""
    return sequences(simulate_values(300))[0]


@pytest.fixture(scope="session")
def make() -> Callable[..., Sequence]:
    """A series of the values given, or of the closing prices that have them as logs."""

    def sequence(level_T: np.ndarray, step: Frequency = DAILY, *, log: bool = False) -> Sequence:
        time_T = np.array([0, *step.following(0, len(level_T) - 1)])
        column, value_T = ("close", np.exp(level_T)) if log else ("value", level_T)
        return Sequence("MADE", step, (column,), time_T, value_T[:, None])

    return sequence
