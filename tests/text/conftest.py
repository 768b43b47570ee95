"""A small language, and a model that has learned it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from foretell import TextModel

TINY = {
    "hidden_size": 16, "embedding_size": 6, "chunk": 16, "batch": 8, "steps": 200, "check": 100,
    "learning_rate": 2e-2, "dropout": 0.0,
}  # fmt: skip


@pytest.fixture(scope="session")
def tiny() -> dict[str, Any]:
    return dict(TINY)


@pytest.fixture(scope="session")
def corpus() -> str:
    """Sentences of few words."""
    draw = random.Random(3)
    lines = [
        f"{draw.choice(['the cat', 'a dog', 'one bird'])} {draw.choice(['sees', 'eats', 'is'])} "
        f"{draw.choice(['it', 'you', 'him'])}."
        for _ in range(400)
    ]
    return "\n".join(lines)


@pytest.fixture(scope="session")
def fitted(corpus: str) -> TextModel:
    return TextModel(**TINY).fit(corpus)
