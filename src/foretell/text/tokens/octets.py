"""A token is a byte of the text in UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Any, Self

import numpy as np

from foretell.text.tokens.tokens import Tokens

__all__ = ["Bytes"]


class Bytes(Tokens):
    """All 256 bytes, so that nothing is unknown."""

    kind = "bytes"

    @classmethod
    def fit(cls, text: str, limit: int) -> Self:  # noqa: ARG003
        """The same for every text."""
        return cls()

    @classmethod
    def from_card(cls, card: Any) -> Self:  # noqa: ARG003
        """The same for every card."""
        return cls()

    def card(self) -> Any:
        """Nothing."""
        return None

    @property
    def size(self) -> int:
        """All bytes there are."""
        return 256

    def encode(self, text: str) -> np.ndarray:
        """One number for each byte."""
        return np.frombuffer(text.encode("utf-8"), dtype=np.uint8).astype(np.int32)

    def pieces(self, tokens: Iterable[int]) -> Iterator[str]:
        """A character as soon as its last byte has come; what is no UTF-8 becomes U+FFFD."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        for token in tokens:
            yield decoder.decode(bytes([token]))
        yield decoder.decode(b"", final=True)
