"""Long short-term memory. The axes and the seam are those of `foretell.runtime.cells.cell`."""

from __future__ import annotations

import numpy as np

from foretell.runtime.cells.cell import HALF, Cell, CellState, Look

__all__ = ["LSTMCell", "LSTMState"]


class LSTMState(CellState):
    """Hidden state and cell."""

    def __init__(self, members: int, series: int, inputs: int, units: int) -> None:
        super().__init__(members, series, inputs, units)
        self.cell_MSU = np.zeros((members, series, units), dtype=np.float32)
        self.gates_MS1G = np.empty((members, series, 1, 4 * units), dtype=np.float32)
        flat_MSG = self.gates_MS1G[:, :, 0]
        self.sigmoids = flat_MSG[..., : 3 * units]
        self.i, self.f, self.o, self.g = (
            flat_MSG[..., k * units : (k + 1) * units] for k in range(4)
        )
        self.scratch_MSU = np.empty_like(self.cell_MSU)

    @property
    def kept(self) -> tuple[np.ndarray, ...]:
        """Hidden state and cell."""
        return self.hidden_MSU, self.cell_MSU


class LSTMCell(Cell[LSTMState]):
    """The LSTM with forget gates (Gers, Schmidhuber and Cummins, Neural Computation 12, 2000).

    Equation numbers are those of Graves (arXiv 1308.0850, 2013), less the peepholes. Weights and
    bias hold the gates i, f, g, o, in PyTorch's order.
    """

    biases = 4
    blank = (0.0, 0.0)

    def _laid_out(self, weight_MDG: np.ndarray, bias_MG: np.ndarray) -> np.ndarray:
        return _by_function(np.concatenate([weight_MDG, bias_MG[:, None]], axis=1))

    def start(self, series: int) -> LSTMState:
        """State before the first step."""
        return LSTMState(self.members, series, self.inputs, self.units)

    def step(self, state: LSTMState) -> None:
        """Advance the state by the inputs in ``state.x_MSD``."""
        gates_MS1G, sigmoids = state.gates_MS1G, state.sigmoids
        cell_MSU, scratch_MSU = state.cell_MSU, state.scratch_MSU
        np.matmul(state.joined_MS1D, self._weight_M1DG, out=gates_MS1G)
        np.tanh(gates_MS1G, out=gates_MS1G)  # (7), (8), (10), with the next two lines
        np.multiply(sigmoids, HALF, out=sigmoids)
        np.add(sigmoids, HALF, out=sigmoids)
        np.multiply(state.i, state.g, out=scratch_MSU)
        np.multiply(cell_MSU, state.f, out=cell_MSU)
        np.add(cell_MSU, scratch_MSU, out=cell_MSU)  # (9): c = f * c + i * g
        np.tanh(cell_MSU, out=scratch_MSU)
        np.multiply(state.o, scratch_MSU, out=state.hidden_MSU)  # (11): h = o * tanh(c)

    def look(self, state: LSTMState) -> Look:
        """The cell, its forget gate and its input gate."""
        return Look(state.cell_MSU.copy(), state.f.copy(), state.i.copy())


def _by_function(gates: np.ndarray) -> np.ndarray:
    """Reorder i, f, g, o to i, f, o, g and halve the first three.

    All four then go through one tanh, since sigmoid(a) = (1 + tanh(a / 2)) / 2. Halving a
    float is exact.
    """
    i, f, g, o = np.split(gates, 4, axis=-1)
    return np.concatenate([i * HALF, f * HALF, o * HALF, g], axis=-1)
