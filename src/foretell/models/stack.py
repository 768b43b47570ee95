"""Recurrent layers on top of each other, in training; heads of every kind read them.

Axes: B batch, T time, F inputs, U units, M ensemble members. The NumPy twin is
`foretell.runtime.stack`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from foretell.models.cells import CELLS, Cell, States
from foretell.models.regularisers import WeightDrop, dropout_of

__all__ = ["Stack", "stack_weights"]


class Stack(nn.Module):
    """Layers of one kind of cell.

    What enters a layer after the first is added to what leaves it (a residual connection: He et
    al., CVPR 2016), since both have the same width.

    Parameters
    ----------
    cell : str
        One of `foretell.models.cells.CELLS`.
    inputs, units, layers : int
    dropout : float
        Between layers; of what enters a layer, not of what is added to what leaves it.
    locked : bool
        Whether the same units are dropped at every step.
    weight_drop : float
        Of the recurrent weights.
    """

    def __init__(
        self,
        cell: str,
        inputs: int,
        units: int,
        layers: int,
        dropout: float,
        *,
        locked: bool = False,
        weight_drop: float = 0.0,
    ) -> None:
        super().__init__()
        self.kind = cell
        self.inputs = inputs
        self.units = units
        self.dropout = dropout_of(dropout, locked=locked)
        self.weight_drop = WeightDrop(weight_drop)
        widths = [inputs] + [units] * (layers - 1)
        self.cells = nn.ModuleList(CELLS[cell](width, units) for width in widths)

    def forward(
        self, x_BTF: torch.Tensor, states: Sequence[States] | None = None
    ) -> tuple[torch.Tensor, list[States]]:
        """Hidden states of shape (B, T, U), and what every layer remembers after the last step.

        Without states all layers begin anew.
        """
        flow_BTU, after = x_BTF, []
        for layer, cell in enumerate(self.cells):
            entering_BTD = self.dropout(flow_BTU) if layer else flow_BTU
            hidden_BTU, kept = self.weight_drop(
                cell, entering_BTD, states[layer] if states else None
            )
            flow_BTU = hidden_BTU + flow_BTU if layer else hidden_BTU
            after.append(kept)
        return flow_BTU, after

    def tensors(self) -> dict[str, np.ndarray]:
        """Weights of this one member: ``KIND.N.weight`` and ``KIND.N.bias`` of each layer N."""
        cells: list[Cell] = list(self.cells)  # type: ignore[arg-type]
        return {
            f"{self.kind}.{layer}.{part}": values
            for layer, cell in enumerate(cells)
            for part, values in cell.tensors().items()
        }


def stack_weights(members: Sequence[Stack]) -> dict[str, np.ndarray]:
    """Weights of an ensemble in the form that `foretell.runtime.Stack.of` reads."""
    tensors = [each.tensors() for each in members]
    return {name: np.stack([each[name] for each in tensors]) for name in tensors[0]}
