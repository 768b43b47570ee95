"""Recurrent cells, one step at a time, in NumPy.

Axes: M ensemble members, S series, D inputs of the layer, U units, G gates (4 U).

Members and series are stacked axes of one ``matmul``, which multiplies them one vector at a time:
a series is rounded the same way whether it runs alone or beside others. A test holds this.
"""

from __future__ import annotations

import numpy as np

__all__ = ["LSTMCell", "LSTMState"]

HALF = np.array(0.5, dtype=np.float32)  # quicker than a scalar, which is converted at each use


class LSTMState:
    """State of one layer, and the buffers of its step, cut into views once.

    Attributes
    ----------
    x_MSD : ndarray of float32
        To be filled with the inputs before a step.
    hidden_MSU, cell_MSU : ndarray of float32
        What the layer remembers; changed by a step.
    """

    def __init__(self, members: int, series: int, inputs: int, units: int) -> None:
        joined = np.zeros((members, series, 1, inputs + units + 1), dtype=np.float32)
        joined[..., -1] = 1.0  # meets the bias, which is the last row of the weights
        self.joined_MS1D = joined
        self.x_MSD = joined[:, :, 0, :inputs]
        self.hidden_MSU = joined[:, :, 0, inputs:-1]
        self.cell_MSU = np.zeros((members, series, units), dtype=np.float32)
        self.gates_MS1G = np.empty((members, series, 1, 4 * units), dtype=np.float32)
        flat_MSG = self.gates_MS1G[:, :, 0]
        self.sigmoids = flat_MSG[..., : 3 * units]
        self.i, self.f, self.o, self.g = (
            flat_MSG[..., k * units : (k + 1) * units] for k in range(4)
        )
        self.scratch_MSU = np.empty_like(self.cell_MSU)


class LSTMCell:
    """Long short-term memory (Gers, Schmidhuber and Cummins, Neural Computation 12, 2000).

    Parameters
    ----------
    weight_MDG : ndarray of float32, shape (M, D + U, 4 U)
        Weights of input and hidden state for the gates i, f, g, o, in PyTorch's order.
    bias_MG : ndarray of float32, shape (M, 4 U)
    """

    def __init__(self, weight_MDG: np.ndarray, bias_MG: np.ndarray) -> None:
        self.members = len(bias_MG)
        self.units = bias_MG.shape[-1] // 4
        self.inputs = weight_MDG.shape[1] - self.units
        with_bias = np.concatenate([weight_MDG, bias_MG[:, None]], axis=1)
        self._weight_M1DG = np.ascontiguousarray(_by_function(with_bias)[:, None])

    def start(self, series: int) -> LSTMState:
        """State before the first step."""
        return LSTMState(self.members, series, self.inputs, self.units)

    def step(self, state: LSTMState) -> None:
        """Advance the state by the inputs in ``state.x_MSD``."""
        gates_MS1G, sigmoids = state.gates_MS1G, state.sigmoids
        cell_MSU, scratch_MSU = state.cell_MSU, state.scratch_MSU
        np.matmul(state.joined_MS1D, self._weight_M1DG, out=gates_MS1G)
        np.tanh(gates_MS1G, out=gates_MS1G)
        np.multiply(sigmoids, HALF, out=sigmoids)
        np.add(sigmoids, HALF, out=sigmoids)
        np.multiply(state.i, state.g, out=scratch_MSU)
        np.multiply(cell_MSU, state.f, out=cell_MSU)
        np.add(cell_MSU, scratch_MSU, out=cell_MSU)  # c = f * c + i * g
        np.tanh(cell_MSU, out=scratch_MSU)
        np.multiply(state.o, scratch_MSU, out=state.hidden_MSU)  # h = o * tanh(c)


def _by_function(gates: np.ndarray) -> np.ndarray:
    """Reorder i, f, g, o to i, f, o, g and halve the first three.

    All four then go through one tanh, since sigmoid(a) = (1 + tanh(a / 2)) / 2. Halving a
    float is exact.
    """
    i, f, g, o = np.split(gates, 4, axis=-1)
    return np.concatenate([i * HALF, f * HALF, o * HALF, g], axis=-1)
