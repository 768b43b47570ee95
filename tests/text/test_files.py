"""Files that are damaged, one part after the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from foretell import TextModel
from foretell.errors import ModelFileError, UsageError

Change = Callable[[dict[str, Any], dict[str, np.ndarray]], None]


def damaged(fitted: TextModel, path: Path, change: Change) -> None:
    fitted.save(path)
    with safe_open(path, framework="numpy") as file:
        card = json.loads(file.metadata()["foretell"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(card, tensors)
    save_file(tensors, path, metadata={"foretell": json.dumps(card)})


DAMAGES: dict[str, Change] = {
    "another format": lambda card, _: card.update(format="foretell-text-0"),
    "no format": lambda card, _: card.pop("format"),
    "no vocabulary": lambda card, _: card.pop("vocabulary"),
    "no parameters": lambda card, _: card.pop("parameters"),
    "no about": lambda card, _: card.pop("about"),
    "parameters of another kind": lambda card, _: card.update(parameters=[1]),
    "a parameter less": lambda card, _: card["parameters"].pop("cell"),
    "a parameter wrong": lambda card, _: card["parameters"].update(layers=0),
    "tokens of another kind": lambda card, _: card["vocabulary"].update(kind="runes"),
    "a shorter alphabet": lambda card, _: card["vocabulary"].update(card="abc"),
    "no alphabet": lambda card, _: card["vocabulary"].update(card=None),
    "no embedding": lambda _, tensors: tensors.pop("embedding"),
    "no layer": lambda _, tensors: [tensors.pop(f"lstm.0.{part}") for part in ("weight", "bias")],
    "a narrow embedding": lambda _, tensors: tensors.update(embedding=tensors["embedding"][:, :2]),
    "a flat weight": lambda _, tensors: tensors.update({"readout.weight": np.zeros(5, "f4")}),
    "a short bias": lambda _, tensors: tensors.update({"readout.bias": np.zeros(5, "f4")}),
    "a weight not finite": lambda _, tensors: tensors["readout.bias"].fill(np.nan),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_refused(fitted: TextModel, damage: str, tmp_path: Path) -> None:
    damaged(fitted, tmp_path / "m.st", DAMAGES[damage])
    with pytest.raises(ModelFileError, match=r"train it again|train a language model") as refused:
        TextModel.load(tmp_path / "m.st")
    assert str(refused.value).count("again") < 2


def test_undamaged_file_is_not(fitted: TextModel, tmp_path: Path) -> None:
    damaged(fitted, tmp_path / "m.st", lambda *_: None)
    assert TextModel.load(tmp_path / "m.st").fitted


@pytest.mark.parametrize("data", [b"", b"text", bytes(64)])
def test_something_else_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.st").write_bytes(data)
    with pytest.raises(ModelFileError, match="is not a foretell model or is damaged"):
        TextModel.load(tmp_path / "m.st")


def test_missing_file_is_told_with_the_remedy() -> None:
    with pytest.raises(UsageError, match="foretell text train"):
        TextModel.load("missing.st")
