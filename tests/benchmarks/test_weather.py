"""The benchmark of the weather: its series, and what it says where the data is absent."""

from __future__ import annotations

import gzip
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import polars as pl
import pytest

import weather
from foretell.proof.evaluation import Entry


def test_without_a_folder_there_is_seattle_alone() -> None:
    ((name, frame),) = weather.frames(None)
    assert name == "Seattle, daily maximum"
    assert len(frame) == 1_461


def test_absent_data_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [name for name, _ in weather.frames(tmp_path)] == ["Seattle, daily maximum"]
    assert "is not there: Melbourne is left out" in capsys.readouterr().out


def test_melbourne_is_read_whatever_its_columns_are_called(tmp_path: Path) -> None:
    table = pl.DataFrame({"Date": ["1981-01-01", "1981-01-02"], "Temp": [20.7, 17.9]})
    table.write_csv(tmp_path / "plain.csv")
    packed = tmp_path / weather.MELBOURNE
    packed.write_bytes(gzip.compress((tmp_path / "plain.csv").read_bytes()))
    _, (_, frame) = weather.frames(tmp_path)
    assert frame.columns == ["time", "value"]
    assert frame["value"].to_list() == [20.7, 17.9]


def entry(loss_TH: np.ndarray) -> Entry:
    """As much of an entry as is looked at."""
    return cast("Entry", SimpleNamespace(loss_TH=loss_TH, loss_T=loss_TH.mean(axis=1)))


def test_skill_is_the_share_of_the_loss_that_is_saved() -> None:
    rng = np.random.default_rng(0)
    rival_TH = 1.0 + 0.1 * rng.normal(size=(400, weather.HORIZON))
    own_TH = rival_TH * np.linspace(0.5, 1.0, weather.HORIZON)
    got = weather.against(entry(own_TH), entry(rival_TH))
    assert got["skill"] == pytest.approx(0.25, abs=0.01)
    assert got["p"] < 1e-6
    by_horizon = [each["skill"] for each in got["by_horizon"]]
    assert by_horizon == pytest.approx(1.0 - np.linspace(0.5, 1.0, weather.HORIZON), abs=0.01)
