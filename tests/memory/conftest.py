"""A contest and a language model that take a second, shared by the tests of this folder."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from foretell.memory import Lesson, Letters, Plan, follow
from foretell.memory.contest import Contest, contest


@pytest.fixture(scope="session")
def small_contest(tiny_plan: Plan) -> Contest:
    return contest(tiny_plan, 0, lambda *_: None)


@pytest.fixture(scope="session")
def text() -> str:
    """Quotes, brackets, lines and indentation, 16,000 characters of them."""
    line = '  say "hello there" (quietly)\n\nand then go on, "please"\n'
    return line * (16_000 // len(line) + 1)


@pytest.fixture(scope="session")
def small_letters(text: str, tiny_lesson: Lesson) -> Letters:
    return follow(text, tiny_lesson, 0)
