"""Elman's network. The axes and the seam are those of `foretell.runtime.cells.cell`."""

from __future__ import annotations

import numpy as np

from foretell.runtime.cells.cell import Cell, CellState, Look

__all__ = ["RNNCell", "RNNState"]


class RNNState(CellState):
    """Hidden state alone."""

    def __init__(self, members: int, series: int, inputs: int, units: int) -> None:
        super().__init__(members, series, inputs, units)
        self.sums_MS1U = np.empty((members, series, 1, units), dtype=np.float32)
        self.sums_MSU = self.sums_MS1U[:, :, 0]

    @property
    def kept(self) -> tuple[np.ndarray, ...]:
        """Hidden state."""
        return (self.hidden_MSU,)


class RNNCell(Cell[RNNState]):
    """The network of Elman (Cognitive Science 14, 1990), with tanh; he numbers no equations."""

    biases = 1
    blank = (0.0,)

    def _laid_out(self, weight_MDG: np.ndarray, bias_MG: np.ndarray) -> np.ndarray:
        return np.concatenate([weight_MDG, bias_MG[:, None]], axis=1)

    def start(self, series: int) -> RNNState:
        """State before the first step."""
        return RNNState(self.members, series, self.inputs, self.units)

    def step(self, state: RNNState) -> None:
        """Advance the state by the inputs in ``state.x_MSD``."""
        np.matmul(state.joined_MS1D, self._weight_M1DG, out=state.sums_MS1U)
        np.tanh(state.sums_MSU, out=state.hidden_MSU)  # h = tanh(W x + U h + b)

    def look(self, state: RNNState) -> Look:
        """The hidden state; it has no gates."""
        return Look(state.hidden_MSU.copy(), None, None)
