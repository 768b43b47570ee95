"""The gated recurrent unit. The axes and the seam are those of `foretell.runtime.cells.cell`."""

from __future__ import annotations

import numpy as np

from foretell.runtime.cells.cell import HALF, Cell, CellState, Look

__all__ = ["GRUCell", "GRUState"]


class GRUState(CellState):
    """Hidden state alone."""

    def __init__(self, members: int, series: int, inputs: int, units: int) -> None:
        super().__init__(members, series, inputs, units)
        self.gates_MS1G = np.empty((members, series, 1, 4 * units), dtype=np.float32)
        flat_MSG = self.gates_MS1G[:, :, 0]
        self.sigmoids = flat_MSG[..., : 2 * units]
        self.r, self.z, self.of_x, self.of_hidden = (
            flat_MSG[..., k * units : (k + 1) * units] for k in range(4)
        )

    @property
    def kept(self) -> tuple[np.ndarray, ...]:
        """Hidden state."""
        return (self.hidden_MSU,)


class GRUCell(Cell[GRUState]):
    """The gated unit of Cho et al. (EMNLP 2014), in the variant that PyTorch trains.

    The reset gate is applied to the product of the hidden state with its weights, ``r * (U h +
    b)``, and not to the hidden state before it, ``U (r * h)``, as equation (8) has it. The weights
    hold r, z and the candidate, in PyTorch's order; the bias has one more vector, the last, which
    belongs to the candidate's product and so is scaled by the reset gate.
    """

    biases = 4
    blank = (0.0,)

    def _laid_out(self, weight_MDG: np.ndarray, bias_MG: np.ndarray) -> np.ndarray:
        """Split the candidate in two, what inputs and what hidden state add to it.

        Zeros fill the rows that do not belong, so that all is still one product. The gates are
        halved, as sigmoid(a) = (1 + tanh(a / 2)) / 2; halving a float is exact.
        """
        r, z, candidate = np.split(weight_MDG, 3, axis=-1)
        row_D1 = np.arange(weight_MDG.shape[1])[:, None]
        of_x = np.where(row_D1 < self.inputs, candidate, np.float32(0.0))
        of_hidden = candidate - of_x
        weight = np.concatenate([r * HALF, z * HALF, of_x, of_hidden], axis=-1)
        bias_MG = bias_MG.copy()
        bias_MG[:, : 2 * self.units] *= HALF
        return np.concatenate([weight, bias_MG[:, None]], axis=1)

    def start(self, series: int) -> GRUState:
        """State before the first step."""
        return GRUState(self.members, series, self.inputs, self.units)

    def step(self, state: GRUState) -> None:
        """Advance the state by the inputs in ``state.x_MSD``."""
        sigmoids, hidden_MSU, candidate_MSU = state.sigmoids, state.hidden_MSU, state.of_x
        np.matmul(state.joined_MS1D, self._weight_M1DG, out=state.gates_MS1G)
        np.tanh(sigmoids, out=sigmoids)
        np.multiply(sigmoids, HALF, out=sigmoids)
        np.add(sigmoids, HALF, out=sigmoids)  # (5), (6)
        np.multiply(state.r, state.of_hidden, out=state.of_hidden)
        np.add(candidate_MSU, state.of_hidden, out=candidate_MSU)
        np.tanh(candidate_MSU, out=candidate_MSU)  # (8), in the variant
        np.subtract(hidden_MSU, candidate_MSU, out=hidden_MSU)
        np.multiply(state.z, hidden_MSU, out=hidden_MSU)
        np.add(hidden_MSU, candidate_MSU, out=hidden_MSU)  # (7): h = z * h + (1 - z) * candidate

    def look(self, state: GRUState) -> Look:
        """The hidden state, its update gate, and one minus that: it writes as much as it drops."""
        return Look(state.hidden_MSU.copy(), state.z.copy(), 1.0 - state.z)
