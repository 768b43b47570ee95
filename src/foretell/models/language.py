"""The language network that is trained: categories in, the odds of the next one out.

Axes: B batch, T time, V categories, E width of an embedding, U units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from foretell.models.cells import States
from foretell.models.cells.cell import array
from foretell.models.regularisers import WordDropout, dropout_of
from foretell.models.stack import Stack, stack_weights

__all__ = ["Language", "Regularisation", "language_weights"]


@dataclass(frozen=True)
class Regularisation:
    """What keeps a language network from learning its text by heart.

    Attributes
    ----------
    output, between, embedding : float
        Dropout of what the readout reads, of what enters a layer after the first, and of what
        enters the first.
    locked : bool
        Whether these drop the same units at every step; see `LockedDropout`.
    words : float
        Dropout of whole categories as they enter; see `WordDropout`.
    recurrent : float
        Dropout of the recurrent weights; see `WeightDrop`.
    """

    output: float = 0.0
    between: float = 0.0
    embedding: float = 0.0
    locked: bool = False
    words: float = 0.0
    recurrent: float = 0.0


class Language(nn.Module):
    """An embedding, recurrent layers, and a linear readout of their state.

    Parameters
    ----------
    prior_V : Tensor of float32, shape (V,)
        Logits that the readout starts from: how often each category comes.
    stack : Stack
        As many inputs as an embedding is wide.
    regularisation : Regularisation
        `between` and `recurrent` are the stack's own.
    tied : bool
        Whether the readout's weights are the embedding itself (Press and Wolf, EACL 2017), which
        must then be as wide as a layer.
    """

    def __init__(
        self,
        prior_V: torch.Tensor,
        stack: Stack,
        regularisation: Regularisation,
        *,
        tied: bool = False,
    ) -> None:
        super().__init__()
        categories = len(prior_V)
        self.embedding = nn.Embedding(categories, stack.inputs)
        self.look_up = WordDropout(regularisation.words)
        self.entering = dropout_of(regularisation.embedding, locked=regularisation.locked)
        self.stack = stack
        self.leaving = dropout_of(regularisation.output, locked=regularisation.locked)
        self.readout = nn.Linear(stack.units, categories)
        self.readout.bias.data.copy_(prior_V)
        if tied:
            nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
            self.readout.weight = self.embedding.weight

    def forward(
        self, category_BT: torch.Tensor, states: Sequence[States] | None = None
    ) -> tuple[torch.Tensor, list[States]]:
        """Logits of shape (B, T, V) for the category after each step, and what is remembered."""
        seen_BTU, after = self.read(category_BT, states)
        logits_BTV: torch.Tensor = self.readout(seen_BTU)
        return logits_BTV, after

    def read(
        self, category_BT: torch.Tensor, states: Sequence[States] | None = None
    ) -> tuple[torch.Tensor, list[States]]:
        """What the readout sees after each step, of shape (B, T, U), and what is remembered."""
        embedded_BTE = self.entering(self.look_up(self.embedding.weight, category_BT))
        hidden_BTU, after = self.stack(embedded_BTE, states)
        return self.leaving(hidden_BTU), after


def language_weights(network: Language) -> dict[str, np.ndarray]:
    """Weights in the form that `foretell.runtime.Language` takes."""
    return stack_weights([network.stack]) | {
        "embedding": array(network.embedding.weight),
        "readout.weight": array(network.readout.weight.T),
        "readout.bias": array(network.readout.bias),
    }
