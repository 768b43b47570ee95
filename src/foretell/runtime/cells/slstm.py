"""The scalar xLSTM. The axes and the seam are those of `foretell.runtime.cells.cell`."""

from __future__ import annotations

import numpy as np

from foretell.runtime.cells.cell import HALF, Cell, CellState, Look

__all__ = ["SLSTMCell", "SLSTMState"]

ZERO = np.array(0.0, dtype=np.float32)


class SLSTMState(CellState):
    """Hidden state, cell, normaliser, and stabiliser.

    Cell and normaliser are kept divided by the exponential of the stabiliser. It is minus infinity
    before the first step: nothing has been weighed yet.
    """

    def __init__(self, members: int, series: int, inputs: int, units: int) -> None:
        super().__init__(members, series, inputs, units)
        self.sums_MS2U = np.zeros((members, series, 2, units), dtype=np.float32)
        self.cell_MSU, self.normaliser_MSU = self.sums_MS2U[:, :, 0], self.sums_MS2U[:, :, 1]
        self.stabiliser_MS1U = np.full((members, series, 1, units), -np.inf, dtype=np.float32)
        self.stabiliser_MSU = self.stabiliser_MS1U[:, :, 0]
        self.gates_MS1G = np.empty((members, series, 1, 4 * units), dtype=np.float32)
        gates_MS4U = self.gates_MS1G.reshape(members, series, 4, units, copy=False)
        self.i, self.f, self.o, self.z = (gates_MS4U[:, :, k] for k in range(4))
        self.exponents_MS2U, self.bounded_MS2U = gates_MS4U[:, :, :2], gates_MS4U[:, :, 2:]
        self.f_MS1U = gates_MS4U[:, :, 1:2]

    @property
    def kept(self) -> tuple[np.ndarray, ...]:
        """Hidden state, cell, normaliser, and stabiliser."""
        return self.hidden_MSU, self.cell_MSU, self.normaliser_MSU, self.stabiliser_MSU


class SLSTMCell(Cell[SLSTMState]):
    """The sLSTM of Beck et al. (xLSTM, NeurIPS 2024, arXiv 2405.04517), equations (8) to (17).

    The input gate is an exponential, the forget gate a sigmoid, which the paper allows as well as
    an exponential. There is one head: every unit hears of every other. Weights and bias hold the
    gates i, f, z, o.
    """

    biases = 4
    blank = (0.0, 0.0, 0.0, -np.inf)

    def _laid_out(self, weight_MDG: np.ndarray, bias_MG: np.ndarray) -> np.ndarray:
        """Reorder i, f, z, o to i, f, o, z; halve o, and change the sign of f.

        Since sigmoid(a) = (1 + tanh(a / 2)) / 2 and log sigmoid(a) = -log(1 + exp(-a)).
        """
        joined = np.concatenate([weight_MDG, bias_MG[:, None]], axis=1)
        i, f, z, o = np.split(joined, 4, axis=-1)
        return np.concatenate([i, -f, o * HALF, z], axis=-1)

    def start(self, series: int) -> SLSTMState:
        """State before the first step."""
        return SLSTMState(self.members, series, self.inputs, self.units)

    def step(self, state: SLSTMState) -> None:
        """Advance the state by the inputs in ``state.x_MSD``."""
        i, f, o, z = state.i, state.f, state.o, state.z
        np.matmul(state.joined_MS1D, self._weight_M1DG, out=state.gates_MS1G)
        np.tanh(state.bounded_MS2U, out=state.bounded_MS2U)  # (11)
        np.multiply(o, HALF, out=o)
        np.add(o, HALF, out=o)  # (14)
        np.logaddexp(ZERO, f, out=f)  # (13): f is now -log f_t
        np.subtract(state.stabiliser_MSU, f, out=f)  # log f_t + m_t-1
        np.maximum(f, i, out=state.stabiliser_MSU)  # (15), with (12): i holds log i_t
        np.subtract(state.exponents_MS2U, state.stabiliser_MS1U, out=state.exponents_MS2U)
        np.exp(state.exponents_MS2U, out=state.exponents_MS2U)  # (16), (17)
        np.multiply(i, z, out=z)
        np.multiply(state.sums_MS2U, state.f_MS1U, out=state.sums_MS2U)
        np.add(state.cell_MSU, z, out=state.cell_MSU)  # (8)
        np.add(state.normaliser_MSU, i, out=state.normaliser_MSU)  # (9)
        np.divide(state.cell_MSU, state.normaliser_MSU, out=z)
        np.multiply(o, z, out=state.hidden_MSU)  # (10)

    def look(self, state: SLSTMState) -> Look:
        """The weighted mean c / n, and the weights of the old and of the new in it.

        From (8) and (9): c_t / n_t = (1 - w) c_(t-1) / n_(t-1) + w z_t, with w = i_t / n_t.
        """
        written_MSU = state.i / state.normaliser_MSU
        return Look(state.cell_MSU / state.normaliser_MSU, 1.0 - written_MSU, written_MSU)
