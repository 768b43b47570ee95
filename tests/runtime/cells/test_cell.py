"""What holds for every kind of cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from foretell.runtime.cells import CELLS, Cell, CellState

MEMBERS, SERIES, INPUTS, UNITS = 3, 4, 5, 6
PARTS = {"rnn": 1, "gru": 1, "lstm": 2, "slstm": 4}
Weights = tuple[np.ndarray, np.ndarray]


def advance(cell: Cell[Any], state: CellState, x_SD: np.ndarray) -> None:
    state.x_MSD[:] = x_SD
    cell.step(state)


def inputs(steps: int) -> np.ndarray:
    return np.random.default_rng(2).normal(size=(steps, SERIES, INPUTS)).astype(np.float32)


def test_sizes_are_read_off_the_weights(cell: Cell[Any]) -> None:
    assert (cell.members, cell.inputs, cell.units) == (MEMBERS, INPUTS, UNITS)


def test_state_starts_empty(kind: str, cell: Cell[Any]) -> None:
    kept = cell.start(SERIES).kept
    assert [part.shape for part in kept] == [(MEMBERS, SERIES, UNITS)] * PARTS[kind]
    for part, value in zip(kept, cell.blank, strict=True):
        assert (part == value).all()


def test_hidden_state_is_the_first_part_that_is_kept(cell: Cell[Any]) -> None:
    state = cell.start(SERIES)
    advance(cell, state, inputs(1)[0])
    assert state.kept[0] is state.hidden_MSU
    assert state.hidden_MSU.all()


def test_all_that_goes_on_is_in_the_parts_that_are_kept(cell: Cell[Any]) -> None:
    one, other = cell.start(SERIES), cell.start(SERIES)
    x_TSD = inputs(30)
    for x_SD in x_TSD[:20]:
        advance(cell, one, x_SD)
    for part, kept in zip(other.kept, one.kept, strict=True):
        part[:] = kept
    for x_SD in x_TSD[20:]:
        advance(cell, one, x_SD)
        advance(cell, other, x_SD)
    assert all(np.array_equal(a, b) for a, b in zip(one.kept, other.kept, strict=True))


def test_forgotten_series_starts_anew_and_the_others_go_on(cell: Cell[Any]) -> None:
    whole, cut, late = cell.start(SERIES), cell.start(SERIES), cell.start(SERIES)
    for clock, x_SD in enumerate(inputs(12)):
        if clock == 5:
            cell.forget(cut, 1)
        for state in (whole, cut, late) if clock >= 5 else (whole, cut):
            advance(cell, state, x_SD)
    for parts in zip(whole.kept, cut.kept, late.kept, strict=True):
        of_whole, of_cut, of_late = parts
        assert np.array_equal(of_cut[:, [0, 2, 3]], of_whole[:, [0, 2, 3]])
        assert np.array_equal(of_cut[:, 1], of_late[:, 1])


def test_series_is_rounded_alike_alone_and_beside_others(cell: Cell[Any]) -> None:
    together, alone = cell.start(SERIES), [cell.start(1) for _ in range(SERIES)]
    for x_SD in inputs(30):
        advance(cell, together, x_SD)
        for series in range(SERIES):
            advance(cell, alone[series], x_SD[[series]])
    for series in range(SERIES):
        for part, own in zip(together.kept, alone[series].kept, strict=True):
            assert np.array_equal(part[:, [series]], own)


def test_member_is_rounded_alike_alone_and_beside_others(kind: str, weights: Weights) -> None:
    weight, bias = weights
    ensemble, one = CELLS[kind](weight, bias), CELLS[kind](weight[1:2], bias[1:2])
    state, own = ensemble.start(SERIES), one.start(SERIES)
    for x_SD in inputs(30):
        advance(ensemble, state, x_SD)
        advance(one, own, x_SD)
    assert np.array_equal(state.hidden_MSU[[1]], own.hidden_MSU)


def test_extreme_inputs_leave_a_finite_state(kind: str, weights: Weights) -> None:
    cell = CELLS[kind](weights[0] * 1_000.0, weights[1])
    state = cell.start(SERIES)
    for sign in (1.0, -1.0, 1.0, 0.0):
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            advance(cell, state, np.full((SERIES, INPUTS), sign * 1e6, dtype=np.float32))
        assert all(np.isfinite(part).all() for part in state.kept)
        assert np.abs(state.hidden_MSU).max() <= 1.0 + 1e-6


def test_given_weights_are_left_alone(kind: str, weights: Weights) -> None:
    before = [each.copy() for each in weights]
    cell = CELLS[kind](*weights)
    advance(cell, cell.start(SERIES), inputs(1)[0])
    assert all(np.array_equal(a, b) for a, b in zip(weights, before, strict=True))
