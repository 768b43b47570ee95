"""The NumPy cell against the equations written out plainly."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.runtime.cells.lstm import LSTMCell, LSTMState

MEMBERS, SERIES, INPUTS, UNITS = 3, 4, 5, 6
RNG = np.random.default_rng(0)
WEIGHT = RNG.normal(0.0, 0.5, (MEMBERS, INPUTS + UNITS, 4 * UNITS)).astype(np.float32)
BIAS = RNG.normal(0.0, 0.5, (MEMBERS, 4 * UNITS)).astype(np.float32)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


def reference(
    hidden: np.ndarray, cell: np.ndarray, x: np.ndarray, member: int
) -> tuple[np.ndarray, np.ndarray]:
    """Gers et al. 2000 for one member and one series, in double precision."""
    gates = np.concatenate([x, hidden]) @ WEIGHT[member].astype(float) + BIAS[member]
    i, f, g, o = np.split(gates, 4)
    cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(cell), cell


def advance(cell: LSTMCell, state: LSTMState, x_MSD: np.ndarray) -> None:
    state.x_MSD[:] = x_MSD
    cell.step(state)


def test_cell_follows_the_equations() -> None:
    cell = LSTMCell(WEIGHT, BIAS)
    state = cell.start(SERIES)
    x_TMSD = RNG.normal(size=(20, MEMBERS, SERIES, INPUTS)).astype(np.float32)
    for x_MSD in x_TMSD:
        advance(cell, state, x_MSD)
    for member in range(MEMBERS):
        for series in range(SERIES):
            hidden, memory = np.zeros(UNITS), np.zeros(UNITS)
            for x_MSD in x_TMSD:
                hidden, memory = reference(hidden, memory, x_MSD[member, series], member)
            assert state.hidden_MSU[member, series] == pytest.approx(hidden, abs=2e-6)
            assert state.cell_MSU[member, series] == pytest.approx(memory, abs=2e-6)


def test_state_starts_at_zero() -> None:
    state = LSTMCell(WEIGHT, BIAS).start(SERIES)
    assert state.hidden_MSU.shape == state.cell_MSU.shape == (MEMBERS, SERIES, UNITS)
    assert not state.hidden_MSU.any()
    assert not state.cell_MSU.any()


def test_sizes_are_read_off_the_weights() -> None:
    cell = LSTMCell(WEIGHT, BIAS)
    assert (cell.members, cell.inputs, cell.units) == (MEMBERS, INPUTS, UNITS)


def test_series_is_rounded_alike_alone_and_beside_others() -> None:
    cell = LSTMCell(WEIGHT, BIAS)
    together, alone = cell.start(SERIES), [cell.start(1) for _ in range(SERIES)]
    for x_SD in RNG.normal(size=(30, SERIES, INPUTS)).astype(np.float32):
        advance(cell, together, x_SD)
        for series in range(SERIES):
            advance(cell, alone[series], x_SD[[series]])
    for series in range(SERIES):
        assert np.array_equal(together.hidden_MSU[:, [series]], alone[series].hidden_MSU)
        assert np.array_equal(together.cell_MSU[:, [series]], alone[series].cell_MSU)


def test_member_is_rounded_alike_alone_and_beside_others() -> None:
    ensemble, state = LSTMCell(WEIGHT, BIAS), LSTMCell(WEIGHT, BIAS).start(SERIES)
    one, own = LSTMCell(WEIGHT[1:2], BIAS[1:2]), LSTMCell(WEIGHT[1:2], BIAS[1:2]).start(SERIES)
    for x_SD in RNG.normal(size=(30, SERIES, INPUTS)).astype(np.float32):
        advance(ensemble, state, x_SD)
        advance(one, own, x_SD)
    assert np.array_equal(state.hidden_MSU[[1]], own.hidden_MSU)


def test_extreme_inputs_leave_a_finite_state() -> None:
    cell = LSTMCell(WEIGHT * 1_000.0, BIAS)
    state = cell.start(SERIES)
    for sign in (1.0, -1.0, 1.0):
        advance(cell, state, np.full((MEMBERS, SERIES, INPUTS), sign * 1e6, dtype=np.float32))
    assert np.isfinite(state.cell_MSU).all()
    assert np.abs(state.hidden_MSU).max() <= 1.0


def test_given_weights_are_left_alone() -> None:
    weight, bias = WEIGHT.copy(), BIAS.copy()
    cell = LSTMCell(weight, bias)
    advance(cell, cell.start(SERIES), np.ones((SERIES, INPUTS), dtype=np.float32))
    assert np.array_equal(weight, WEIGHT)
    assert np.array_equal(bias, BIAS)
