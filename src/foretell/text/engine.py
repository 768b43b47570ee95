"""What was fitted, at work: a network and its vocabulary write and score; runs without PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

import numpy as np

from foretell.errors import DataError, UsageError
from foretell.runtime import Language, Look
from foretell.text.sampling import Sampler
from foretell.text.score import Score
from foretell.text.tokens import Tokens

__all__ = ["Engine"]

LINE = "\n"
SHOWN = 40  # characters of a text in a message


@dataclass(frozen=True)
class Engine:
    """Everything fitted.

    Attributes
    ----------
    weights : dict of str to ndarray
        See `foretell.runtime.Language`.
    vocabulary : Tokens
    """

    weights: dict[str, np.ndarray]
    vocabulary: Tokens

    @cached_property
    def network(self) -> Language:
        """The network, ready to step."""
        return Language(self.weights)

    def write(self, prompt: str, count: int, sampler: Sampler) -> Iterator[str]:
        """Go on from a prompt, token by token, each as a piece of text.

        Without a prompt a new line begins, since a network learns little of what begins a text.

        Raises
        ------
        UsageError
            Something in the prompt is not in the vocabulary.
        """
        strange = self.vocabulary.strange(prompt)
        if strange:
            shown = ", ".join(map(repr, strange[:5]))
            message = f"the prompt has {shown}, not in the model's vocabulary; leave it out"
            raise UsageError(message)
        opening = LINE if not self.vocabulary.strange(LINE) else ""
        told = self.vocabulary.encode(prompt or opening).tolist()
        pieces = self.vocabulary.pieces(chain(told, self._tokens(told, count, sampler)))
        return islice(pieces, len(told), None)

    def _tokens(self, told: list[int], count: int, sampler: Sampler) -> Iterator[int]:
        network = self.network
        state = network.start()
        for token in told:
            network.advance(state, token)
        for _ in range(count):
            token = sampler.draw(network.read(state)[0], self.vocabulary.unknown)
            yield token
            network.advance(state, token)

    def look(self, text: str) -> Iterator[list[Look]]:
        """Read a text; after every token, what each layer of the network did with it."""
        return self.network.look(self.vocabulary.encode(text))

    def score(self, text: str) -> Score:
        """Foretell a text from its beginning to its end.

        Raises
        ------
        DataError
            There is nothing in it to foretell, such as words in one of spaces.
        """
        token_N = self.vocabulary.encode(text)
        if not len(token_N):
            message = f"the text {text[:SHOWN]!r} has no {self.vocabulary.kind}; give one that has"
            raise DataError(message)
        unknown = int((token_N == self.vocabulary.unknown).sum())
        nats = float(self.network.surprisals(token_N).sum())
        return Score(nats, len(token_N), len(text), unknown)
