"""The NumPy LSTM against the equations written out plainly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


def gers(
    x: np.ndarray, hidden: np.ndarray, cell: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Gers et al. 2000: the forget gate scales what the cell holds, the input gate what enters."""
    i, f, g, o = np.split(np.concatenate([x, hidden]) @ weight + bias, 4)
    cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(cell), cell


def test_cell_follows_the_equations(check_equations: Callable[..., None]) -> None:
    check_equations("lstm", gers, 2)
