"""The arguments of a `TextModel` and of what it writes, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, nextafter
from numbers import Integral, Real
from typing import Any

from foretell.errors import UsageError
from foretell.runtime import CELLS
from foretell.text.tokens import TOKENS

__all__ = ["check_arguments", "check_writing"]

Rule = tuple[Callable[[Any], bool], str]  # whether a value can be meant, and what can

LARGEST = 2**31


def check_arguments(parameters: Mapping[str, Any]) -> None:
    """Refuse what cannot be meant.

    Raises
    ------
    UsageError
        With the name, the value, and what to give.
    """
    _check(parameters, RULES)
    if parameters["tied"] and parameters["embedding_size"] != parameters["hidden_size"]:
        message = (
            f"tied needs an embedding as wide as a layer, not embedding_size "
            f"{parameters['embedding_size']} and hidden_size {parameters['hidden_size']}"
        )
        raise UsageError(message)


def check_writing(**parameters: Any) -> None:
    """Refuse what cannot be meant of how a text is to be written.

    Raises
    ------
    UsageError
        As above.
    """
    _check(parameters, {name: WRITING[name] for name in parameters})


def _check(parameters: Mapping[str, Any], rules: Mapping[str, Rule]) -> None:
    for name, (meant, remedy) in rules.items():
        if not meant(parameters[name]):
            message = f"{name} is {parameters[name]!r}; give {remedy}"
            raise UsageError(message)


def _whole(low: int, high: float = LARGEST) -> Callable[[Any], bool]:
    def meant(value: Any) -> bool:
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        return whole and low <= int(value) < high

    return meant


def _number(low: float, high: float, *, above: bool = False) -> Callable[[Any], bool]:
    def meant(value: Any) -> bool:
        real = isinstance(value, Real) and not isinstance(value, bool)
        return real and low <= float(value) < high and not (above and float(value) == low)

    return meant


def _or_none(meant: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or meant(value)


COUNT = (_whole(1), "a whole number from 1")
SHARE = (_number(0.0, 1.0), "a share from 0 and below 1")
TRUTH = (lambda value: isinstance(value, bool), "True or False")
RULES: dict[str, Rule] = {
    "tokens": (lambda value: value in tuple(TOKENS), f"one of {', '.join(TOKENS)}"),
    "vocabulary": (_whole(256), "a whole number from 256"),
    "cell": (lambda value: value in tuple(CELLS), f"one of {', '.join(CELLS)}"),
    "hidden_size": COUNT,
    "layers": COUNT,
    "embedding_size": COUNT,
    "tied": TRUTH,
    "dropout": SHARE,
    "embedding_dropout": SHARE,
    "locked": TRUTH,
    "word_dropout": SHARE,
    "weight_drop": SHARE,
    "candidates": (_or_none(_whole(1)), "a whole number from 1, or None for all categories"),
    "seed": (_whole(0), "a whole number from 0"),
    "learning_rate": (_number(0.0, inf, above=True), "a number above 0"),
    "weight_decay": (_number(0.0, inf), "a number from 0"),
    "chunk": COUNT,
    "batch": COUNT,
    "steps": (_or_none(_whole(1)), "a whole number from 1, or None for no limit"),
    "seconds": (_or_none(_number(0.0, inf, above=True)), "a number above 0, or None for no limit"),
    "check": COUNT,
}
WRITING: dict[str, Rule] = {
    "prompt": (lambda value: isinstance(value, str), "a text, perhaps an empty one"),
    "count": (_whole(0, inf), "a whole number from 0"),
    "temperature": (
        _number(0.0, inf, above=True),
        "a number above 0, or top_k=1 for what is always the likeliest",
    ),
    "top_k": (_or_none(_whole(1, inf)), "a whole number from 1"),
    "top_p": (
        _or_none(_number(0.0, nextafter(1.0, 2.0), above=True)),
        "a probability above 0 and up to 1",
    ),
    "seed": (_or_none(_whole(0, inf)), "a whole number from 0"),
}
