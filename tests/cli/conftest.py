"""The command line in this process: arguments in, exit code and both streams out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from foretell.cli.app import main

SMALL = ["--horizon", "3", "--hidden-size", "8", "--ensemble", "1"]


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def foretell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Ran]:
    """Run the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["foretell", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The place of an empty store, in a data folder of its own."""
    monkeypatch.setenv("FORETELL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("FORETELL_STORE", raising=False)
    return tmp_path / "home" / "store"


@pytest.fixture(scope="session")
def candles() -> pl.DataFrame:
    """300 daily candles of a random walk, ending long ago."""
    rng = np.random.default_rng(5)
    close = 100.0 * np.exp(np.cumsum(0.02 * rng.normal(size=300)))
    opened = np.concatenate([[100.0], close[:-1]])
    wick = 1.0 + 0.01 * rng.random(300)
    return pl.DataFrame(
        {
            "time": pl.datetime_range(
                pl.datetime(2020, 1, 1), pl.datetime(2020, 10, 26), "1d", eager=True
            ),
            "open": opened,
            "high": np.maximum(opened, close) * wick,
            "low": np.minimum(opened, close) / wick,
            "close": close,
            "volume": 1_000.0 * (1.0 + rng.random(300)),
        }
    )


@pytest.fixture
def csv(candles: pl.DataFrame, tmp_path: Path) -> Path:
    """The candles as a file."""
    candles.write_csv(tmp_path / "coin.csv")
    return tmp_path / "coin.csv"


@pytest.fixture(scope="session")
def small() -> list[str]:
    """Options of a model that trains in a second."""
    return SMALL
