"""What a reader sees of a text, and the units that go with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from foretell.errors import DataError
from foretell.memory import Lesson, Letters, follow, parted
from foretell.memory.letters import MARKS


def seen(mark: str, text: str) -> list[int]:
    return [int(value) for value in MARKS[mark](text)]


@pytest.mark.parametrize(
    ("mark", "text", "values"),
    [
        ("inside double quotes", 'a "bc" d', [0, 0, 1, 1, 1, 0, 0, 0]),
        ("inside double quotes", '"a\n\nb', [1, 1, 1, 0, 0]),
        ("inside double quotes", '"a\nb"', [1, 1, 1, 1, 0]),
        ("inside parentheses", "f(x) y", [0, 1, 1, 0, 0, 0]),
        ("inside parentheses", "((x) y)", [1, 1, 1, 0, 0, 0, 0]),
        ("position in the line", "ab\nc", [1, 2, 0, 1]),
        ("characters since the last blank", "ab c\nde", [1, 2, 0, 1, 0, 1, 2]),
        ("indentation of the line", "  ab\nc\n d", [1, 2, 2, 2, 0, 0, 0, 1, 1]),
        ("indentation of the line", " a b", [1, 1, 1, 1]),
    ],
)
def test_marks_are_what_a_reader_sees(mark: str, text: str, values: list[int]) -> None:
    assert seen(mark, text) == values


@pytest.mark.parametrize("mark", MARKS)
def test_marks_look_at_what_was_read_and_nothing_after(mark: str, text: str) -> None:
    part = text[:300]
    for end in range(0, 300, 7):
        assert seen(mark, part[:end]) == seen(mark, part)[:end]


def test_long_line_does_not_count_for_ever() -> None:
    assert max(seen("position in the line", "x" * 500)) == 80


def test_parts_do_not_meet() -> None:
    text = "".join(chr(97 + n % 26) for n in range(100_000))
    learned, choosing, held_out = parted(text)
    assert learned + choosing + held_out == text
    assert len(choosing) == len(held_out) == 10_000


def test_passages_of_a_long_text_are_cut() -> None:
    assert [len(part) for part in parted("x" * 1_000_000)[1:]] == [20_000, 20_000]


def test_text_that_is_too_short_is_refused() -> None:
    with pytest.raises(DataError, match=r"has 9,000 characters.*at least 15,000"):
        parted("x" * 9_000)


def test_text_without_any_mark_is_refused(tiny_lesson: Lesson) -> None:
    with pytest.raises(DataError, match=r"nothing in the text varies.*quotes"):
        follow("\n" * 16_000, tiny_lesson, 0)


def test_followers_are_ordered_by_choice(small_letters: Letters) -> None:
    choices = [each.chosen_by for each in small_letters.followers]
    assert choices == sorted(choices, reverse=True)
    assert {each.mark for each in small_letters.followers} == set(MARKS)


def test_correlation_that_counts_is_on_the_other_passage(small_letters: Letters, text: str) -> None:
    assert small_letters.passage == parted(text)[2]
    for each in small_letters.followers:
        mark_N = np.array(seen(each.mark, small_letters.passage), dtype=float)
        assert np.array_equal(each.mark_N, mark_N)
        wanted = np.corrcoef(each.memory_N, mark_N)[0, 1]
        assert each.held_out == pytest.approx(wanted, abs=1e-4)
        assert np.isfinite(each.untrained)


def test_memory_shown_is_the_unit_s(small_letters: Letters) -> None:
    each = small_letters.followers[0]
    looks = list(small_letters.model.look(small_letters.passage))
    memory_N = np.array([layer[0].memory[0, 0, each.unit] for layer in looks])
    assert np.array_equal(np.abs(each.memory_N), np.abs(memory_N))


def test_interrupt_while_training_is_passed_on(
    text: str, tiny_lesson: Lesson, monkeypatch: Any
) -> None:
    def interrupted(self: Any, *_: object, **__: object) -> Any:
        self.about = {"training": {"end": "interrupted"}}
        return self

    monkeypatch.setattr("foretell.memory.letters.TextModel.fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        follow(text, tiny_lesson, 0)
