"""Recurrent cells, one step at a time, in NumPy.

Axes: M ensemble members, S series, D inputs of the layer, U units.

Members and series are stacked axes of one ``matmul``, which multiplies them one vector at a time:
a series is rounded the same way whether it runs alone or beside others. A test holds this.
"""

from __future__ import annotations

import numpy as np

__all__ = ["LSTMCell"]

HALF = np.float32(0.5)


class LSTMCell:
    """Long short-term memory (Gers, Schmidhuber and Cummins, Neural Computation 12, 2000).

    Parameters
    ----------
    weight_MDG : ndarray of float32, shape (M, D + U, 4 U)
        Weights of input and hidden state for the gates i, f, g, o, in PyTorch's order.
    bias_MG : ndarray of float32, shape (M, 4 U)
    """

    parts = 2  # hidden state and cell state

    def __init__(self, weight_MDG: np.ndarray, bias_MG: np.ndarray) -> None:
        self.units = bias_MG.shape[-1] // 4
        self.inputs = weight_MDG.shape[1] - self.units
        self._weight_M1DG = np.ascontiguousarray(_by_function(weight_MDG)[:, None])
        self._bias_M1G = np.ascontiguousarray(_by_function(bias_MG)[:, None])

    def step(self, state_PMSU: np.ndarray, x_MSD: np.ndarray) -> np.ndarray:
        """Advance the state in place and return the new hidden state, shape (M, S, U)."""
        hidden_MSU, cell_MSU = state_PMSU[0], state_PMSU[1]
        units, inputs = self.units, self.inputs
        joined_MSD = np.empty((*hidden_MSU.shape[:2], inputs + units), dtype=np.float32)
        joined_MSD[..., :inputs] = x_MSD
        joined_MSD[..., inputs:] = hidden_MSU
        gates_MSG = np.matmul(joined_MSD[:, :, None], self._weight_M1DG)[:, :, 0]
        gates_MSG += self._bias_M1G
        np.tanh(gates_MSG, out=gates_MSG)
        sigmoid_MSG = gates_MSG[..., : 3 * units]
        sigmoid_MSG *= HALF
        sigmoid_MSG += HALF
        cell_MSU *= gates_MSG[..., units : 2 * units]  # c = f * c + i * g
        cell_MSU += gates_MSG[..., :units] * gates_MSG[..., 3 * units :]
        np.tanh(cell_MSU, out=hidden_MSU)  # h = o * tanh(c)
        hidden_MSU *= gates_MSG[..., 2 * units : 3 * units]
        return hidden_MSU


def _by_function(gates: np.ndarray) -> np.ndarray:
    """Reorder i, f, g, o to i, f, o, g and halve the first three.

    All four then go through one tanh, since sigmoid(a) = (1 + tanh(a / 2)) / 2. Halving a
    float is exact.
    """
    i, f, g, o = np.split(gates, 4, axis=-1)
    return np.concatenate([i * HALF, f * HALF, o * HALF, g], axis=-1)
