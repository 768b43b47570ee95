"""Which characters a unit follows: the units of a language model beside what a reader sees.

After Karpathy, Johnson and Fei-Fei (arXiv 1506.02078, 2015), who found such units by eye; here they
are found by correlation on one passage, and the correlation that counts is that on another.
Axes: N characters, U units of all layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

import numpy as np

from foretell.text import TextModel

__all__ = ["MARKS", "Follower", "Letters", "followers"]

LONGEST_LINE = 80

Mark = Callable[[str], Iterator[float]]


def _in_line(text: str) -> Iterator[float]:
    place = -1
    for character in text:
        place = -1 if character == "\n" else min(place + 1, LONGEST_LINE)
        yield float(place + 1)


def _indentation(text: str) -> Iterator[float]:
    for line in text.splitlines(keepends=True):
        depth = len(line) - len(line.lstrip(" "))
        yield from (float(min(place + 1, depth)) for place in range(len(line)))


def _between(text: str, opening: str, closing: str) -> Iterator[float]:
    """Inside of a pair, from after its opening to its closing; an empty line ends it."""
    inside, last = False, ""
    for character in text:
        if character == "\n" == last:
            inside = False
        yield float(inside and character != closing)
        inside = character != closing if inside else character == opening
        last = character


def _in_word(text: str) -> Iterator[float]:
    return accumulate(text, lambda n, character: n + 1.0 if character.isalnum() else 0.0, initial=0.0)


MARKS: dict[str, Mark] = {
    "inside double quotes": partial(_between, opening='"', closing='"'),
    "inside parentheses": partial(_between, opening="(", closing=")"),
    "position in the line": _in_line,
    "indentation": _indentation,
    "position in the word": _in_word,
}
