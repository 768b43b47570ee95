"""Language models as files; see `foretell.model_file`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from foretell.errors import ModelFileError
from foretell.model_file import assembling, read_card, write_card
from foretell.text.engine import Engine
from foretell.text.tokens import TOKENS

__all__ = ["Stored", "read_model", "write_model"]

FORMAT = "foretell-text-1"
AGAIN = "train it again"


@dataclass(frozen=True)
class Stored:
    """What a model file holds.

    Attributes
    ----------
    engine : Engine
    parameters : dict
        Arguments of the `TextModel`.
    about : dict
        The text's length and hash, how training went, library versions.
    """

    engine: Engine
    parameters: dict[str, Any]
    about: dict[str, Any]


def write_model(path: str | Path, stored: Stored) -> None:
    """Write a model; see `foretell.writing.write_whole`."""
    vocabulary = stored.engine.vocabulary
    card = {
        "format": FORMAT,
        "parameters": stored.parameters,
        "vocabulary": {"kind": vocabulary.kind, "card": vocabulary.card()},
        "about": stored.about,
    }
    write_card(path, card, stored.engine.weights)


def read_model(path: str | Path) -> Stored:
    """Read a model file.

    Raises
    ------
    UsageError
        There is no such file.
    ModelFileError
        It is not a language model, or it is damaged.
    """
    path = Path(path)
    card, tensors = read_card(path, "make one with `foretell text train ... --save`", AGAIN)
    _check_format(path, card)
    with assembling(path, AGAIN):
        return _tried(_assemble(card, tensors))


def _check_format(path: Path, card: Any) -> None:
    found = card.get("format") if isinstance(card, dict) else None
    if found == FORMAT:
        return
    message = f"{str(path)!r} is not a {FORMAT} file; train it again with this version"
    if str(found).startswith("foretell-model-"):
        message = (
            f"{str(path)!r} forecasts numbers, not text; use it with `foretell forecast --model`, "
            f"or train a language model with `foretell text train`"
        )
    raise ModelFileError(message)


def _assemble(card: Mapping[str, Any], tensors: dict[str, np.ndarray]) -> Stored:
    kept, parameters, about = card["vocabulary"], card["parameters"], card["about"]
    if not all(isinstance(part, dict) for part in (kept, parameters, about)):
        message = "its metadata is not what was written"
        raise TypeError(message)
    vocabulary = TOKENS[kept["kind"]].from_card(kept["card"])
    return Stored(Engine(tensors, vocabulary), parameters, about)


def _tried(stored: Stored) -> Stored:
    """Take one step, which shows whether all shapes fit."""
    network, size = stored.engine.network, stored.engine.vocabulary.size
    state = network.start()
    network.advance(state, network.categories - 1)
    odds = network.read(state).size
    if not odds == network.categories == size:
        message = f"{network.categories} embeddings and {odds} odds for {size} tokens"
        raise ValueError(message)
    if not all(np.isfinite(tensor).all() for tensor in stored.engine.weights.values()):
        message = "a weight is not finite"
        raise ValueError(message)
    return stored
