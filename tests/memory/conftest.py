"""A contest and a language model that take a second, shared by the tests of this folder."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from foretell.memory.contest import Contest, contest
from foretell.memory.letters import Lesson, Letters, follow
from foretell.memory.plan import Budget, Plan

PLAN = Plan((4, 8), runs=2, starts=2, lags=120,
            budget=Budget(units=8, batch=8, steps=40, rates=(1e-2, 1e-3), check=20, validation=40, test=40))  # fmt: skip
LESSON = Lesson({"hidden_size": 16, "embedding_size": 8, "steps": 20, "batch": 8, "chunk": 32})


@pytest.fixture(scope="session")
def small_contest() -> Contest:
    return contest(PLAN, 0, lambda *_: None)


@pytest.fixture(scope="session")
def text() -> str:
    """Quotes, brackets, lines and indentation, 16,000 characters of them."""
    line = '  say "hello there" (quietly)\n\nand then go on, "please"\n'
    return line * (16_000 // len(line) + 1)


@pytest.fixture(scope="session")
def small_letters(text: str) -> Letters:
    return follow(text, LESSON, 0)
