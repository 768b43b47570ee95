"""How well a model foretold a text."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

__all__ = ["Score"]


@dataclass(frozen=True)
class Score:
    """What a text cost a model.

    Attributes
    ----------
    nats : float
        Sum of ``-ln p`` over all tokens, each given those before it.
    tokens, characters : int
        Length of the text in either.
    unknown : int
        Tokens that are not in the model's vocabulary. Each costs what the model gave for an
        unknown one; what it was in truth is not foretold.
    """

    nats: float
    tokens: int
    characters: int
    unknown: int

    @property
    def nats_per_character(self) -> float:
        """Cross entropy by character, which does not depend on how a text is cut."""
        return self.nats / self.characters

    @property
    def bits_per_character(self) -> float:
        """The same in bits."""
        return self.nats_per_character / log(2.0)

    @property
    def perplexity(self) -> float:
        """Exponential of the nats per token: as unsure as between so many equally likely ones."""
        return exp(self.nats / self.tokens)

    def to_dict(self) -> dict[str, float]:
        """Counts and rates, for JSON."""
        return {
            "nats_per_character": self.nats_per_character,
            "bits_per_character": self.bits_per_character,
            "perplexity": self.perplexity,
            "nats": self.nats,
            "tokens": self.tokens,
            "characters": self.characters,
            "unknown": self.unknown,
        }
