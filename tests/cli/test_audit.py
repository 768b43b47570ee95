"""``foretell audit``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import foretell as ft
from foretell.cli import models

QUICK = ["--cuts", "2"]


class Quick(ft.Forecaster):
    """Trains for a moment."""

    def fit(self, *arguments: Any, **options: Any) -> Quick:
        """Fit with few steps."""
        return self.set_params(steps=3, patience=3) and super().fit(*arguments, **options)


class Peeking(Quick):
    """Trains on everything."""

    def fit(self, frame: Any, until: Any = None, **options: Any) -> Peeking:
        """Fit without regard to the end."""
        return super().fit(frame, None, **options)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "Forecaster", Quick)


def test_clean_ends_with_zero(foretell: Any, csv: Path, small: list[str]) -> None:
    ran = foretell("audit", csv, *small, *QUICK)
    assert ran.code == 0, ran.err
    assert "Clean: " in ran.out
    assert "Re-runs of Quick(horizon=3): training: noise 1" in ran.out
    assert ran.err.split("\n") == ["auditing training ...", "auditing forecasts ...", ""]


def test_model_is_saved_with_its_certificate(
    foretell: Any, csv: Path, small: list[str], tmp_path: Path
) -> None:
    foretell("train", csv, "--save", "m.st", "--until", "2020-08-01", *small)
    ran = foretell("audit", csv, "--model", "m.st", "--save", "n.st", "--json", *QUICK)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["clean"]
    certificate = ft.Certificate.from_dict(told)
    loaded = ft.Forecaster.load(tmp_path / "n.st")
    assert ft.Certificate.from_dict(loaded.about["audit"]) == certificate
    assert loaded.about["record"]


@pytest.mark.parametrize("as_json", [True, False])
def test_leak_ends_with_three(
    as_json: bool, foretell: Any, csv: Path, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "Forecaster", Peeking)
    ran = foretell("audit", csv, *small, *QUICK, *(["--json"] if as_json else []))
    assert ran.code == 3
    if as_json:
        assert not json.loads(ran.out)["clean"]
    else:
        assert "LEAK: the training of Peeking(horizon=3)" in " ".join(ran.out.split())


def test_mistakes(foretell: Any, csv: Path, small: list[str]) -> None:
    for arguments, code, message in (
        (["--save", "n.st"], 2, "--save n.st needs --model"),
        (["--cuts", "1"], 2, "cuts is 1"),
        (["--until", "2030-01-01"], 2, "no bar opens from 2030-01-01"),
        (["--until", "soon"], 2, "'soon' is not a time"),
        (["--model", "none.st"], 2, "no model file 'none.st'"),
    ):
        network = [] if "--model" in arguments else small
        ran = foretell("audit", csv, *network, *arguments)
        assert (ran.code, ran.out) == (code, "")
        assert f"error: {message}" in ran.err
