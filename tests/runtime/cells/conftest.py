"""Random cells of every kind, small enough to follow by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from foretell.runtime.cells import CELLS, Cell

MEMBERS, SERIES, INPUTS, UNITS = 3, 4, 5, 6
COLUMNS = {"rnn": (1, 1), "gru": (3, 4), "lstm": (4, 4), "slstm": (4, 4)}  # of weight and bias

Weights = tuple[np.ndarray, np.ndarray]


def random_weights(kind: str) -> Weights:
    rng = np.random.default_rng(0)
    of_weight, of_bias = COLUMNS[kind]
    weight = rng.normal(0.0, 0.5, (MEMBERS, INPUTS + UNITS, of_weight * UNITS))
    bias = rng.normal(0.0, 0.5, (MEMBERS, of_bias * UNITS))
    return weight.astype(np.float32), bias.astype(np.float32)


@pytest.fixture(params=CELLS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def weights(kind: str) -> Weights:
    return random_weights(kind)


@pytest.fixture
def cell(kind: str, weights: Weights) -> Cell[Any]:
    return CELLS[kind](*weights)


Step = Callable[..., tuple[np.ndarray, ...]]


@pytest.fixture
def check_equations() -> Callable[[str, Step, int], None]:
    """Compare a cell over 20 steps with equations for one member and one series.

    The step takes inputs, the parts of the state, weight and bias, all in double precision, and
    gives the new parts, hidden state first.
    """

    def check(kind: str, step: Step, parts: int) -> None:
        weight, bias = random_weights(kind)
        cell = CELLS[kind](weight, bias)
        state = cell.start(SERIES)
        x_TMSD = np.random.default_rng(1).normal(size=(20, MEMBERS, SERIES, INPUTS))
        x_TMSD = x_TMSD.astype(np.float32)
        hidden_TMSU = []
        for x_MSD in x_TMSD:
            state.x_MSD[:] = x_MSD
            cell.step(state)
            hidden_TMSU.append(state.hidden_MSU.copy())
        for member in range(MEMBERS):
            for series in range(SERIES):
                kept = tuple(np.zeros(UNITS) for _ in range(parts))
                for x_MSD, hidden_MSU in zip(x_TMSD, hidden_TMSU, strict=True):
                    kept = step(x_MSD[member, series], *kept, weight[member].astype(float),
                                bias[member].astype(float))  # fmt: skip
                    assert hidden_MSU[member, series] == pytest.approx(kept[0], abs=2e-6)

    return check
