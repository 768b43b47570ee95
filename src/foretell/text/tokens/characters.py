"""A token is a character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self

import numpy as np

from foretell.text.tokens.tokens import Tokens

__all__ = ["Characters"]


class Characters(Tokens):
    """The characters of a text, in the order of their code points; the last token is unknown.

    Parameters
    ----------
    alphabet : str
        Increasing, each character once.
    """

    kind = "characters"

    def __init__(self, alphabet: str) -> None:
        self._alphabet = alphabet
        self.unknown: int = len(alphabet)
        self._point_C = np.frombuffer(alphabet.encode("utf-32-le"), dtype=np.uint32)
        if not len(self._point_C) or (np.diff(self._point_C.astype(np.int64)) <= 0).any():
            message = "an alphabet holds each character once, in order"
            raise ValueError(message)

    @classmethod
    def fit(cls, text: str, limit: int) -> Self:  # noqa: ARG003
        """Every character of the text, however many there are."""
        return cls("".join(sorted(set(text))))

    @classmethod
    def from_card(cls, card: Any) -> Self:
        """Vocabulary from its alphabet."""
        if not isinstance(card, str):
            message = f"an alphabet of {type(card).__name__}"
            raise TypeError(message)
        return cls(card)

    def card(self) -> Any:
        """The alphabet."""
        return self._alphabet

    @property
    def size(self) -> int:
        """The alphabet and the unknown."""
        return len(self._alphabet) + 1

    def encode(self, text: str) -> np.ndarray:
        """One number for each character."""
        point_N = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
        place_N = np.minimum(np.searchsorted(self._point_C, point_N), len(self._point_C) - 1)
        known_N = self._point_C[place_N] == point_N
        return np.where(known_N, place_N, self.unknown).astype(np.int32)

    def strange(self, text: str) -> list[str]:
        """Characters that are not in the alphabet."""
        return sorted(set(text).difference(self._alphabet))

    def pieces(self, tokens: Iterable[int]) -> Iterator[str]:
        """One character for each number."""
        symbols = [*self._alphabet, "\ufffd"]
        return (symbols[token] for token in tokens)
