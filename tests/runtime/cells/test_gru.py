"""The NumPy GRU against the equations written out plainly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from foretell.runtime.cells.gru import GRUCell


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


def cho(
    x: np.ndarray, hidden: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray]:
    """Cho et al. 2014, (5) to (8), with the reset gate applied to the product in (8)."""
    of_x, of_hidden = weight[: len(x)], weight[len(x) :]
    w_r, w_z, w = np.split(of_x, 3, axis=1)
    u_r, u_z, u = np.split(of_hidden, 3, axis=1)
    b_r, b_z, b, b_u = np.split(bias, 4)
    reset = sigmoid(x @ w_r + hidden @ u_r + b_r)
    update = sigmoid(x @ w_z + hidden @ u_z + b_z)
    candidate = np.tanh(x @ w + b + reset * (hidden @ u + b_u))
    return (update * hidden + (1.0 - update) * candidate,)


def test_cell_follows_the_equations(check_equations: Callable[..., None]) -> None:
    check_equations("gru", cho, 1)


def test_variant_is_the_paper_s_where_the_hidden_weights_are_diagonal() -> None:
    """With a diagonal U and no bias, r * (U h) and U (r * h) are the same."""
    rng, units = np.random.default_rng(3), 4
    weight = rng.normal(size=(1, 2 * units, 3 * units)).astype(np.float32)
    diagonal = rng.normal(size=units).astype(np.float32)
    weight[0, units:, 2 * units :] = np.diag(diagonal)
    cell = GRUCell(weight, np.zeros((1, 4 * units), dtype=np.float32))
    state, hidden = cell.start(1), np.zeros(units)
    of_x, of_hidden = weight[0, :units].astype(float), weight[0, units:].astype(float)
    for x in rng.normal(size=(20, units)).astype(np.float32):
        state.x_MSD[:] = x
        cell.step(state)
        gates = sigmoid((x @ of_x + hidden @ of_hidden)[: 2 * units])
        reset, update = gates[:units], gates[units:]
        candidate = np.tanh(x @ of_x[:, 2 * units :] + (reset * hidden) @ of_hidden[:, 2 * units :])
        hidden = update * hidden + (1.0 - update) * candidate
        assert state.hidden_MSU[0, 0] == pytest.approx(hidden, abs=1e-6)
