"""What a cell says of its last step, against its gates written out formula by formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from foretell.runtime.cells import Cell, CellState, Look

STEPS, SERIES = 15, 2

Gates = tuple[np.ndarray, np.ndarray, np.ndarray]  # kept, written, candidate


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-x))


def of_lstm(x: np.ndarray, hidden: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> Gates:
    i, f, g, _ = np.split(np.concatenate([x, hidden]) @ weight + bias, 4)
    return sigmoid(f), sigmoid(i), np.tanh(g)


def of_gru(x: np.ndarray, hidden: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> Gates:
    of_x, of_hidden = np.split(weight, [len(x)])
    (x_r, x_z, x_n), (h_r, h_z, h_n) = np.split(x @ of_x, 3), np.split(hidden @ of_hidden, 3)
    b_r, b_z, b_n, b_h = np.split(bias, 4)
    z = sigmoid(x_z + h_z + b_z)
    return z, 1.0 - z, np.tanh(x_n + b_n + sigmoid(x_r + h_r + b_r) * (h_n + b_h))


def of_slstm(
    x: np.ndarray, hidden: np.ndarray, weight: np.ndarray, bias: np.ndarray, total: np.ndarray
) -> Gates:
    """The weight of the new in the mean; `total`, the sum of all weights, is brought up to date."""
    i, f, z, _ = np.split(np.concatenate([x, hidden]) @ weight + bias, 4)
    total[:] = sigmoid(f) * total + np.exp(i)
    written = np.exp(i) / total
    return 1.0 - written, written, np.tanh(z)


@pytest.fixture
def walk(cell: Cell[Any]) -> Callable[[], list[tuple[np.ndarray, np.ndarray, Look]]]:
    """Step on random inputs; of every step the input, the hidden state before it, and the look."""

    def run() -> list[tuple[np.ndarray, np.ndarray, Look]]:
        rng, state, seen = np.random.default_rng(4), cell.start(SERIES), []
        for _ in range(STEPS):
            state.x_MSD[:] = rng.normal(size=state.x_MSD.shape)
            before = state.hidden_MSU.copy()
            x_MSD = state.x_MSD.copy()
            cell.step(state)
            seen.append((x_MSD, before, cell.look(state)))
        return seen

    return run


@pytest.mark.parametrize("kind", ["lstm", "gru", "slstm"], indirect=True)
def test_gates_are_those_of_the_formulas(
    kind: str, walk: Callable[[], Any], weights: tuple[np.ndarray, np.ndarray]
) -> None:
    weight, bias = (each[0].astype(float) for each in weights)  # of the first member
    total = np.zeros(weight.shape[0] - walk()[0][0].shape[-1])
    memory = np.zeros_like(total)
    for x_MSD, hidden_MSU, look in walk():
        own = (x_MSD[0, 0].astype(float), hidden_MSU[0, 0].astype(float), weight, bias)
        gates = {"lstm": of_lstm, "gru": of_gru}.get(kind)
        kept, written, candidate = gates(*own) if gates else of_slstm(*own, total)
        memory = kept * memory + written * candidate
        assert look.kept[0, 0] == pytest.approx(kept, abs=3e-6)
        assert look.written[0, 0] == pytest.approx(written, abs=3e-6)
        assert look.memory[0, 0] == pytest.approx(memory, abs=1e-5)


@pytest.mark.parametrize("kind", ["rnn"], indirect=True)
def test_simple_network_has_no_gates_to_tell_of(walk: Callable[[], Any]) -> None:
    (_, hidden_MSU, _), (_, after_MSU, _) = walk()[-2:]
    look = walk()[-2][2]
    assert look.kept is None
    assert look.written is None
    assert np.array_equal(look.memory, after_MSU)
    assert not np.array_equal(look.memory, hidden_MSU)


def after_a_step(cell: Cell[Any]) -> CellState:
    state = cell.start(SERIES)
    state.x_MSD[:] = 0.3
    cell.step(state)
    return state


def test_looking_changes_nothing(cell: Cell[Any]) -> None:
    looked, other = after_a_step(cell), after_a_step(cell)
    look = cell.look(looked)
    for part in look:
        if part is not None:
            part[...] = 7.0  # what is seen is a copy
    cell.step(looked)
    cell.step(other)
    for one, two in zip(looked.kept, other.kept, strict=True):
        assert np.array_equal(one, two)
