"""Which characters a unit follows: the units of a language model beside what a reader sees.

After Karpathy, Johnson and Fei-Fei (arXiv 1506.02078, 2015), who found such units by eye; here they
are found by correlation on one passage, and the correlation that counts is that on another.
Axes: N characters, U units of all layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from foretell.errors import DataError
from foretell.memory.correlation import correlations
from foretell.text import TextModel, TextProgress

__all__ = ["FULL", "MARKS", "QUICK", "Follower", "Lesson", "Letters", "follow", "parted"]

TRAINED = 0.8  # share of the text; the two passages are of the rest, half each
LONGEST_PASSAGE = 20_000
SHORTEST_PASSAGE = 1_500
SHORTEST_TEXT = 15_000
LONGEST_LINE = 80

Report = Callable[[TextProgress], None]


@dataclass(frozen=True)
class Lesson:
    """How much a language model learns before its units are looked at.

    Attributes
    ----------
    parameters : dict
        Of `foretell.TextModel`.
    """

    parameters: dict[str, Any] = field(
        default_factory=lambda: {
            "hidden_size": 128, "embedding_size": 32, "steps": 1_500, "batch": 32, "chunk": 128,
            "dropout": 0.1,
        }
    )  # fmt: skip


FULL = Lesson()
QUICK = Lesson(FULL.parameters | {"hidden_size": 64, "steps": 100, "chunk": 64})


@dataclass(frozen=True)
class Follower:
    """The unit that goes best with something a reader sees.

    Attributes
    ----------
    mark : str
        One of `MARKS`.
    unit : int
    chosen_by, held_out : float
        Correlation of what it remembers with the mark: on the passage by which it was chosen, and
        on the other one.
    untrained : float
        The latter for the unit chosen likewise in a network before training: what comes for free.
    memory_N, mark_N : ndarray of float
        Over the other passage; the sign of the memory is turned so that they rise together.
    """

    mark: str
    unit: int
    chosen_by: float
    held_out: float
    untrained: float
    memory_N: np.ndarray
    mark_N: np.ndarray


@dataclass(frozen=True)
class Letters:
    """What was found.

    Attributes
    ----------
    passage : str
        The text on which correlations are held out.
    followers : tuple of Follower
        One a mark that varies in both passages, the surest choice first.
    model : TextModel
    """

    passage: str
    followers: tuple[Follower, ...]
    model: TextModel


def follow(text: str, lesson: Lesson, seed: int, report: Report | None = None) -> Letters:
    """Train a language model on four fifths of a text and look for units in the rest.

    Raises
    ------
    DataError
        The text is too short, or nothing that is looked for varies in it.
    KeyboardInterrupt
        Ctrl-C while it was trained.
    """
    learned, choosing, held_out = parted(text)
    model = _trained(lesson.parameters | {"seed": seed}, learned, report)
    blank = _trained(lesson.parameters | {"seed": seed, "steps": 1}, learned)
    found = _followers(model, choosing, held_out)
    control = {each.mark: each.held_out for each in _followers(blank, choosing, held_out)}
    followers = [
        replace(each, untrained=control[each.mark])
        for each in sorted(found, key=lambda each: -each.chosen_by)
    ]
    if not followers:
        message = f"nothing in the text varies that is looked for: {', '.join(MARKS)}; give another"
        raise DataError(message)
    return Letters(held_out, tuple(followers), model)


def _trained(parameters: dict[str, Any], text: str, report: Report | None = None) -> TextModel:
    model = TextModel(**parameters).fit(text, report=report)
    if model.about["training"]["end"] == "interrupted":
        raise KeyboardInterrupt
    return model


def parted(text: str) -> tuple[str, str, str]:
    """What is learned from, what units are chosen by, and what they are judged by.

    Raises
    ------
    DataError
        The text is too short.
    """
    split, middle = int(TRAINED * len(text)), int((1.0 + TRAINED) / 2.0 * len(text))
    choosing, held_out = text[split:middle][:LONGEST_PASSAGE], text[middle:][:LONGEST_PASSAGE]
    if len(choosing) < SHORTEST_PASSAGE:
        message = (
            f"the text has {len(text):,} characters, too few to learn from and to look at; give "
            f"one with at least {SHORTEST_TEXT:,}"
        )
        raise DataError(message)
    return text[:split], choosing, held_out


def _followers(model: TextModel, choosing: str, held_out: str) -> list[Follower]:
    first_NU, second_NU = _memories(model, choosing), _memories(model, held_out)
    found = []
    for mark, see in MARKS.items():
        first_N, second_N = _seen(see, choosing), _seen(see, held_out)
        if not (np.ptp(first_N) and np.ptp(second_N)):
            continue
        by_U = correlations(first_NU, first_N)
        unit = int(np.abs(by_U).argmax())
        sign = 1.0 if by_U[unit] >= 0.0 else -1.0
        second = sign * float(correlations(second_NU[:, [unit]], second_N)[0])
        memory_N = sign * second_NU[:, unit]
        found.append(Follower(mark, unit, abs(by_U[unit]), second, np.nan, memory_N, second_N))
    return found


def _memories(model: TextModel, text: str) -> np.ndarray:
    looks = model.look(text)
    return np.array([np.concatenate([layer.memory[0, 0] for layer in layers]) for layers in looks])


# -- what a reader sees, at every character from those up to it ---------------------------------


def _in_line(text: str) -> Iterator[float]:
    place = 0
    for character in text:
        place = 0 if character == "\n" else min(place + 1, LONGEST_LINE)
        yield float(place)


def _since_blank(text: str) -> Iterator[float]:
    place = 0
    for character in text:
        place = 0 if character.isspace() else min(place + 1, LONGEST_LINE)
        yield float(place)


def _indented(text: str) -> Iterator[float]:
    depth, leading = 0, True
    for character in text:
        if character == "\n":
            depth, leading = 0, True
        leading = leading and character in " \t\n"
        depth += leading and character != "\n"
        yield float(depth)


def _between(text: str, opening: str, closing: str) -> Iterator[float]:
    """Inside of a pair, from its opening to before its closing; an empty line ends it."""
    inside, last = False, ""
    for character in text:
        ends = character == closing or (character == last == "\n")
        inside = not ends if inside else character == opening
        yield float(inside)
        last = character


def _seen(see: Callable[[str], Iterator[float]], text: str) -> np.ndarray:
    return np.fromiter(see(text), dtype=np.float64, count=len(text))


MARKS: dict[str, Callable[[str], Iterator[float]]] = {
    "inside double quotes": partial(_between, opening='"', closing='"'),
    "inside parentheses": partial(_between, opening="(", closing=")"),
    "position in the line": _in_line,
    "characters since the last blank": _since_blank,
    "indentation of the line": _indented,
}
