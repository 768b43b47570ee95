"""The seam of all ways to cut a text into tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Self

import numpy as np

__all__ = ["Tokens"]


class Tokens(ABC):
    """A vocabulary: tokens of a text as whole numbers from 0, and back.

    What it knows comes from the text that it was fitted on and from nowhere else.

    Attributes
    ----------
    kind : str
        The name that `foretell.TextModel` takes.
    unknown : int or None
        Number of the token that stands for whatever is not in the vocabulary; None where there
        can be no such thing.
    """

    kind: ClassVar[str]
    unknown: int | None = None

    @classmethod
    @abstractmethod
    def fit(cls, text: str, limit: int) -> Self:
        """Vocabulary of a text, with at most `limit` tokens where that can be chosen."""

    @classmethod
    @abstractmethod
    def from_card(cls, card: Any) -> Self:
        """Vocabulary from what `card` gave.

        Raises
        ------
        TypeError, ValueError, KeyError
            It is something else.
        """

    @abstractmethod
    def card(self) -> Any:
        """The vocabulary as JSON."""

    @property
    @abstractmethod
    def size(self) -> int:
        """How many tokens there are, the unknown one included."""

    @abstractmethod
    def encode(self, text: str) -> np.ndarray:
        """Numbers of a text's tokens, int32 of shape (N,)."""

    @abstractmethod
    def pieces(self, tokens: Iterable[int]) -> Iterator[str]:
        """Text of tokens one after the other: a piece of it for each, which may be empty."""

    def strange(self, text: str) -> list[str]:  # noqa: ARG002
        """What of a text is not in the vocabulary, each once."""
        return []

    def decode(self, tokens: Iterable[int]) -> str:
        """Text of tokens."""
        return "".join(self.pieces(tokens))
