"""A forecast and a record to put on a page."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from foretell import Forecast, Forecaster, TrackRecord
from foretell.proof import Backtest, Certificate, Comparison, Ledger, backtest

# Threads that spin while they wait starve whoever shares the cores; read when PyTorch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

HORIZON = 3


@pytest.fixture(scope="session")
def model(simulate: Callable[..., pl.DataFrame]) -> Forecaster:
    """Trained for a tenth of a second."""
    tiny = Forecaster(HORIZON, hidden_size=8, ensemble=1, steps=10, chunk=32, warm_up=8)
    return tiny.fit(simulate(200))


@pytest.fixture(scope="session")
def forecast_of(
    model: Forecaster, simulate: Callable[..., pl.DataFrame]
) -> Callable[..., Forecast]:
    """Make a forecast of series with given names."""

    def make(*names: str) -> Forecast:
        return model.predict(
            pl.concat([simulate(60, seed=n, series=name) for n, name in enumerate(names)])
        )

    return make


@pytest.fixture
def record() -> TrackRecord:
    """Skill against one rival, and none against the other."""
    comparisons = [
        Comparison("random walk", 0.051, [0.06, 0.05, 0.04], 0.00042, 0.01),
        Comparison("EWMA volatility", -0.0123, [0.01, -0.02, -0.03], 0.871, 0.02),
    ]
    by_horizon = {
        "0.5": [0.511, 0.522, 0.533],
        "0.8": [0.781, 0.792, 0.803],
        "0.9": [0.884, 0.895, 0.906],
    }
    coverage = {"0.5": 0.522, "0.8": 0.792, "0.9": 0.895}
    span = ("2024-01-01", "2024-12-31", 1_234, HORIZON)
    error = dict.fromkeys(coverage, 0.02)
    return TrackRecord(*span, comparisons, coverage, by_horizon, error, 20)


@pytest.fixture(scope="session")
def result(simulate: Callable[..., pl.DataFrame], tmp_path_factory: Any) -> Backtest:
    """Two series walked over three folds, beside two rivals, traded; a note, no audit."""
    frame = pl.concat([simulate(300, series="ONE"), simulate(280, seed=1, series="TWO")])
    found = backtest(
        Forecaster(HORIZON, hidden_size=8, ensemble=1, steps=10, chunk=32, warm_up=8),
        frame,
        "2022-08-01",
        refit=40,
        rivals=["random-walk", "ewma"],
        ledger=Ledger(tmp_path_factory.mktemp("ledger") / "ledger.jsonl"),
    )
    return replace(found, notes=("EWMA volatility, series 'TWO': stood in (in 1 of 3 folds)",))


@pytest.fixture(scope="session")
def value_result(simulate_values: Callable[..., pl.DataFrame]) -> Backtest:
    """Values beside one rival: no money, no certificate, no confidence set, no notes."""
    small = Forecaster(HORIZON, hidden_size=8, ensemble=1, steps=10, chunk=32, warm_up=8)
    return backtest(small, simulate_values(240), "2022-01-10", rivals=["random-walk"])


@pytest.fixture
def certificate() -> Certificate:
    """Nothing found."""
    return Certificate(
        "Forecaster", {"noise": 3}, ("2022-05-01",), 42, 7, "f" * 64, "e" * 64, "0.1", ()
    )
