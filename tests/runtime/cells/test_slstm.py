"""The NumPy sLSTM against the equations written out plainly, and where these would overflow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.runtime.cells.slstm import SLSTMCell, SLSTMState


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


def beck(
    x: np.ndarray,
    hidden: np.ndarray,
    cell: np.ndarray,
    normaliser: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
) -> tuple[np.ndarray, ...]:
    """Beck et al. 2024, (8) to (14): without the stabiliser."""
    i, f, z, o = np.split(np.concatenate([x, hidden]) @ weight + bias, 4)
    cell = sigmoid(f) * cell + np.exp(i) * np.tanh(z)
    normaliser = sigmoid(f) * normaliser + np.exp(i)
    return sigmoid(o) * cell / normaliser, cell, normaliser


def test_cell_follows_the_equations(check_equations: Callable[..., None]) -> None:
    check_equations("slstm", beck, 3)


def without_recurrence(units: int, exponents: float) -> SLSTMCell:
    """A cell whose gates are its inputs: i, f, z, o of each unit, the first two scaled."""
    weight = np.zeros((1, 5 * units, 4 * units), dtype=np.float32)
    scales = np.repeat([exponents, exponents, 1.0, 1.0], units)
    weight[0, : 4 * units] = np.diag(scales)
    return SLSTMCell(weight, np.zeros((1, 4 * units), dtype=np.float32))


def hidden_states(cell: SLSTMCell, state: SLSTMState, x_TD: np.ndarray) -> np.ndarray:
    hidden = []
    for x_D in x_TD:
        state.x_MSD[:] = x_D
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            cell.step(state)
        hidden.append(state.hidden_MSU[0, 0].copy())
    return np.array(hidden)


@given(st.sampled_from([1.0, 30.0, 1e3, 1e5]), st.integers(0, 2**31 - 1))
def test_cell_is_a_weighted_mean_of_what_entered_however_large_the_exponents(
    exponents: float, seed: int
) -> None:
    """Unrolled, c / n is the mean of z with weights exp(i_s + log f_s+1 + ... + log f_t)."""
    units = 3
    x_TD = np.random.default_rng(seed).normal(size=(25, 4 * units)).astype(np.float32)
    cell = without_recurrence(units, exponents)
    found_TU = hidden_states(cell, cell.start(1), x_TD)
    i_TU, f_TU, z_TU, o_TU = np.split(x_TD.astype(float), 4, axis=1)
    log_f_TU = -np.logaddexp(0.0, -exponents * f_TU)
    for t in range(len(x_TD)):
        later_SU = np.cumsum(log_f_TU[: t + 1][::-1], axis=0)[::-1] - log_f_TU[: t + 1]
        exponent_SU = exponents * i_TU[: t + 1] + later_SU
        weight_SU = np.exp(exponent_SU - exponent_SU.max(axis=0))
        mean_U = (weight_SU * np.tanh(z_TU[: t + 1])).sum(axis=0) / weight_SU.sum(axis=0)
        error = 2e-6 * max(1.0, exponents / 30.0)  # exponents themselves are rounded
        assert found_TU[t] == pytest.approx(sigmoid(o_TU[t]) * mean_U, abs=error)


def test_stabiliser_cancels() -> None:
    """The same sums divided by another exponential give the same hidden states."""
    x_TD = np.random.default_rng(4).normal(size=(40, 12)).astype(np.float32)
    cell = without_recurrence(3, 2.0)
    state, other = cell.start(1), cell.start(1)
    hidden_states(cell, state, x_TD[:20])
    for part, kept in zip(other.kept, state.kept, strict=True):
        part[:] = kept
    other.cell_MSU[:] *= np.exp(np.float32(-3.0))
    other.normaliser_MSU[:] *= np.exp(np.float32(-3.0))
    other.stabiliser_MSU[:] += 3.0
    expected_TU = hidden_states(cell, state, x_TD[20:])
    assert hidden_states(cell, other, x_TD[20:]) == pytest.approx(expected_TU, abs=1e-6)


def test_first_step_takes_what_enters_in_full_however_small_its_gate() -> None:
    cell = without_recurrence(1, 1.0)
    first = np.array([-500.0, 0.0, 0.7, 0.2], dtype=np.float32)
    (hidden,) = hidden_states(cell, cell.start(1), first[None])
    assert hidden == pytest.approx(sigmoid(np.array(0.2)) * np.tanh(0.7), rel=1e-6)
