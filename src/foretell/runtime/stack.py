"""Recurrent layers on top of each other, run without PyTorch; heads of every kind read them.

Axes: L layers, P parts of a cell's state, M members, S series, F inputs, U units, D width of what
a head may read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from foretell.runtime.cells import CELLS, Cell, Look

__all__ = ["Stack", "StackState"]


class StackState:
    """Everything that one step leaves for the next, for series side by side.

    Attributes
    ----------
    seen_MS1D : ndarray of float32, shape (M, S, 1, F + U + 1)
        All that a head may read: the inputs, the hidden state, and a 1.
    hidden_MSU : ndarray of float32, shape (M, S, U)
        A view of its middle part: what the last layer gave.
    """

    def __init__(self, cells: Sequence[Cell[Any]], series: int) -> None:
        self._cells = cells
        self.layers = [cell.start(series) for cell in cells]
        self.seen_MS1D = self.layers[0].joined_MS1D  # a single layer's buffer holds all of it
        if len(cells) > 1:
            self.seen_MS1D = np.zeros_like(self.seen_MS1D)
            self.seen_MS1D[..., -1] = 1.0
        self.x_MSF = self.seen_MS1D[:, :, 0, : cells[0].inputs]
        self.hidden_MSU = self.seen_MS1D[:, :, 0, cells[0].inputs : -1]

    def save(self) -> np.ndarray:
        """Copy of what is remembered, shape (L, P, M, S, U)."""
        return np.array([layer.kept for layer in self.layers])

    def restore(self, kept: np.ndarray) -> None:
        """Go on from what `save` gave; what a head may read is filled by the next step."""
        for layer, parts in zip(self.layers, kept, strict=True):
            for part_MSU, value_MSU in zip(layer.kept, parts, strict=True):
                part_MSU[:] = value_MSU

    def forget(self, series: int) -> None:
        """Put one series back to before its first step."""
        for cell, layer in zip(self._cells, self.layers, strict=True):
            cell.forget(layer, series)


class Stack:
    """An ensemble of stacked recurrent layers, stepped together.

    What enters a layer after the first is added to what leaves it (a residual connection: He et
    al., CVPR 2016), since both have the same width.

    Parameters
    ----------
    cells : list of Cell
        One a layer, from the first.
    """

    def __init__(self, cells: Sequence[Cell[Any]]) -> None:
        self._cells = list(cells)

    @classmethod
    def of(cls, weights: Mapping[str, np.ndarray]) -> Self:
        """Stack of the layers among some tensors.

        Parameters
        ----------
        weights : mapping of str to ndarray
            ``KIND.N.weight`` and ``KIND.N.bias`` for each layer N, where KIND is one of
            `foretell.runtime.CELLS`; see there for the shapes. Other names are left alone.

        Raises
        ------
        ValueError
            There is no layer.
        KeyError
            A tensor of a layer is missing.
        """
        kinds = [name.split(".")[0] for name in weights]
        kind = next((kind for kind in kinds if kind in CELLS), None)
        if kind is None:
            message = f"there are no layers of {', '.join(CELLS)}"
            raise ValueError(message)
        layers = len({name.split(".")[1] for name in weights if name.startswith(f"{kind}.")})
        parts = [
            [weights[f"{kind}.{n}.{part}"] for part in ("weight", "bias")] for n in range(layers)
        ]
        return cls([CELLS[kind](weight_MDG, bias_MG) for weight_MDG, bias_MG in parts])

    def start(self, series: int = 1) -> StackState:
        """State before the first step of some series."""
        return StackState(self._cells, series)

    def advance(self, state: StackState, x_SF: np.ndarray) -> None:
        """Take in one step of each series.

        Parameters
        ----------
        x_SF : ndarray of float32, shape (S, F) or (M, S, F)
            The same for all members, or its own for each.
        """
        layer = state.layers[0]
        layer.x_MSD[...] = x_SF
        self._cells[0].step(layer)
        if len(self._cells) > 1:
            state.x_MSF[...] = x_SF
            self._climb(state)

    def look(self, state: StackState) -> list[Look]:
        """What the last step did, a layer each; see `foretell.runtime.cells.Look`."""
        return [cell.look(layer) for cell, layer in zip(self._cells, state.layers, strict=True)]

    def _climb(self, state: StackState) -> None:
        """Carry what the first layer gave through the others."""
        flow_MSU = state.layers[0].hidden_MSU
        for cell, layer in zip(self._cells[1:], state.layers[1:], strict=True):
            layer.x_MSD[...] = flow_MSU
            cell.step(layer)
            flow_MSU = np.add(layer.hidden_MSU, layer.x_MSD, out=state.hidden_MSU)
