"""The trained language network, run without PyTorch: generation and scores are the same step.

Axes: S streams side by side, V categories, E width of an embedding, U units, N tokens, K steps of
a block, D what the readout reads: the hidden state and a 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from foretell.runtime.cells import Look
from foretell.runtime.stack import Stack, StackState

__all__ = ["Language"]

BLOCK = 256  # steps whose categories are scored together


class Language:
    """A category enters by its embedding, and the odds of the next one leave.

    Parameters
    ----------
    weights : mapping of str to ndarray
        ``embedding`` (V, E), the layers as `Stack.of` reads them with one member,
        ``readout.weight`` (U, V) and ``readout.bias`` (V,).

    Raises
    ------
    ValueError
        A tensor is missing.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        try:
            self._stack = Stack.of(weights)
            self._embedding_VE = np.ascontiguousarray(weights["embedding"])
            readout_DV = np.concatenate([weights["readout.weight"], weights["readout.bias"][None]])
        except KeyError as error:
            message = f"there is no tensor {error.args[0]!r}"
            raise ValueError(message) from None
        self._readout_DV = np.ascontiguousarray(readout_DV, dtype=np.float32)
        self._inputs = self._embedding_VE.shape[1]

    @property
    def categories(self) -> int:
        """How many there are."""
        return len(self._embedding_VE)

    def start(self, streams: int = 1) -> StackState:
        """State before the first category of some streams."""
        return self._stack.start(streams)

    def advance(self, state: StackState, category_S: np.ndarray | int) -> None:
        """Take in the next category of each stream."""
        self._stack.advance(state, self._embedding_VE[category_S])

    def read(self, state: StackState) -> np.ndarray:
        """Logits of the category that comes next, shape (S, V).

        Before the first category that is the readout's bias: what the network expects of a text
        of which it has seen nothing.
        """
        logits_S1V: np.ndarray = np.matmul(self._seen_S1D(state), self._readout_DV)
        return logits_S1V[:, 0]

    def surprisals(self, category_N: np.ndarray, state: StackState | None = None) -> np.ndarray:
        """Nats of each category of one stream, given those before it.

        Parameters
        ----------
        category_N : ndarray of int
        state : StackState, optional
            To go on from, and to be changed; by default nothing was read before.

        Returns
        -------
        ndarray of float64, shape (N,)
            ``-ln p``. Blocks are always of the same size, so that what comes later in a text
            moves no bit of what was before.
        """
        state = self.start() if state is None else state
        seen_KD = np.zeros((BLOCK, len(self._readout_DV)), dtype=np.float32)
        found = []
        for first in range(0, len(category_N), BLOCK):
            block_K = category_N[first : first + BLOCK]
            for step, category in enumerate(block_K):
                seen_KD[step] = self._seen_S1D(state)[0, 0]
                self.advance(state, category)
            logits_KV = (seen_KD @ self._readout_DV)[: len(block_K)].astype(np.float64)
            found.append(_surprisal(logits_KV, block_K))
        return np.concatenate(found) if found else np.zeros(0)

    def look(self, category_N: np.ndarray) -> Iterator[list[Look]]:
        """Read one stream; after every category, what each layer did with it."""
        state = self.start()
        for category in category_N:
            self.advance(state, category)
            yield self._stack.look(state)

    def _seen_S1D(self, state: StackState) -> np.ndarray:
        seen_S1D: np.ndarray = state.seen_MS1D[0, :, :, self._inputs :]
        return seen_S1D


def _surprisal(logits_KV: np.ndarray, category_K: np.ndarray) -> np.ndarray:
    """Logarithm of the sum of exponentials, less the logit of the category that came."""
    top_K1 = logits_KV.max(axis=1, keepdims=True)
    total_K = np.log(np.exp(logits_KV - top_K1).sum(axis=1)) + top_K1[:, 0]
    nats_K: np.ndarray = total_K - logits_KV[np.arange(len(category_K)), category_K]
    return nats_K
