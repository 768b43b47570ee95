"""What keeps a language network from learning its text by heart, as AWD-LSTM does it.

Axes: B streams, T steps of a passage, D width, V categories, E width of an embedding, U units.

Every one does nothing in evaluation, and keeps the expectation of what it is given. Source, unless
another is named: Merity, Keskar and Socher, *Regularizing and Optimizing LSTM Language Models*,
ICLR 2018, sections 2 and 4.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from foretell.models.cells import Cell, States

__all__ = ["LockedDropout", "WeightDrop", "WordDropout", "dropout_of"]


class LockedDropout(nn.Module):
    """Dropout that forgets the same units at every step of a passage.

    Ordinary dropout draws a mask a step, which the state averages away; this one a mask a stream
    ("variational" dropout: Gal and Ghahramani, NeurIPS 2016, section 4).

    Parameters
    ----------
    share : float
        Of units dropped.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x_BTD: torch.Tensor) -> torch.Tensor:
        """The same shape."""
        if not self.training or not self.share:
            return x_BTD
        streams, _, width = x_BTD.shape
        return x_BTD * functional.dropout(x_BTD.new_ones(streams, 1, width), self.share)


def dropout_of(share: float, *, locked: bool) -> nn.Module:
    """Dropout of a share of the units, the same at every step or others at each."""
    return LockedDropout(share) if locked else nn.Dropout(share)


class WordDropout(nn.Module):
    """An embedding that forgets whole categories, each for a passage and in all of its streams.

    "Embedding dropout" of the paper; Gal and Ghahramani, section 4.2.

    Parameters
    ----------
    share : float
        Of categories dropped.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, weight_VE: torch.Tensor, category_BT: torch.Tensor) -> torch.Tensor:
        """Embeddings of shape (B, T, E)."""
        embedded_BTE = functional.embedding(category_BT, weight_VE)
        if not self.training or not self.share:
            return embedded_BTE
        mask_V = functional.dropout(weight_VE.new_ones(len(weight_VE)), self.share)
        return embedded_BTE * mask_V[category_BT][..., None]


class WeightDrop(nn.Module):
    """Runs a cell with some of its recurrent weights at zero, the same at every step.

    DropConnect on what multiplies the hidden state (section 2 of the paper): the recurrence is
    regularised, and yet runs in PyTorch's fast kernels, since a step itself is as always.

    Parameters
    ----------
    share : float
        Of weights dropped.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(
        self, cell: Cell, x_BTD: torch.Tensor, states: States | None
    ) -> tuple[torch.Tensor, States]:
        """What the cell gives."""
        if not self.training or not self.share:
            left: tuple[torch.Tensor, States] = cell(x_BTD, states)
            return left
        dropped = functional.dropout(cell.get_parameter(cell.recurrent), self.share)
        changed: tuple[torch.Tensor, States] = torch.func.functional_call(
            cell, {cell.recurrent: dropped}, (x_BTD, states)
        )
        return changed
