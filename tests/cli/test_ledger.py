"""``foretell ledger``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foretell.proof import Ledger, Moments, Trial

Run = Callable[..., Any]
TRIAL = Trial(
    kind="backtest", data="d" * 64, series=("BTC",), configuration={"units": 64}, horizon=14,
    start=1_704_067_200, end=1_735_603_200, moments=Moments(365, 0.05), bars_per_year=400.0,
)  # fmt: skip


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FORETELL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_nothing_tried_yet_is_said(foretell: Run, home: Path) -> None:
    ran = foretell("ledger")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"no trials yet in {home / 'ledger.jsonl'}\n"
    assert not home.exists()


@pytest.mark.usefixtures("home")
def test_trials_are_listed_with_how_many_there_were(foretell: Run) -> None:
    for units in (8, 16, 16):
        Ledger().append(replace(TRIAL, configuration={"units": units}))
    Ledger().append(replace(TRIAL, series=("A", "B", "C", "D"), moments=None))
    ran = foretell("ledger")
    assert ran.code == 0
    assert "3 distinct trials in" in " ".join(ran.out.split())
    rows = [line.split() for line in ran.out.splitlines() if "backtest" in line]
    assert rows[0][2:6] == ["backtest", "BTC", "2024-01-01", "2024-12-31"]
    assert [row[-2:] for row in rows[:3]] == [["1.00", "2"]] * 3
    assert rows[3][2:6] == ["backtest", "A", "and", "3"]
    assert rows[3][-2:] == ["14", "1"]


def test_json_parses(foretell: Run, home: Path) -> None:
    Ledger().append(TRIAL)
    told = json.loads(foretell("ledger", "--json").out)
    assert told["path"] == str(home / "ledger.jsonl")
    assert (told["distinct"], told["damaged_lines"]) == (1, [])
    (row,) = told["entries"]
    assert (row["annual_sharpe"], row["trials"], row["config"]) == (1.0, 1, TRIAL.config)


def test_a_damaged_line_is_warned_of_and_the_rest_listed(foretell: Run, home: Path) -> None:
    Ledger().append(TRIAL)
    with (home / "ledger.jsonl").open("a") as file:
        file.write('{"kind": "backt')
    ran = foretell("ledger", "--json")
    assert ran.code == 0
    assert "ledger.jsonl, line 2: not readable" in ran.err
    assert len(json.loads(ran.out)["entries"]) == 1


def test_file_that_cannot_be_read_ends_with_a_message(foretell: Run, home: Path) -> None:
    (home / "ledger.jsonl").mkdir(parents=True)
    ran = foretell("ledger")
    assert ran.code == 1
    assert ran.err.startswith("error: ")
    assert "FORETELL_HOME" in ran.err
