"""How much of a gradient survives, against cells whose answer is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from foretell.memory.gradients import averaged, survival
from foretell.models.cells import CELLS, Cell, States


class Linear(Cell):
    """``h_t = A h_(t-1) + B x_t``: d h_T / d x_(T-k) is A^k B."""

    def __init__(self, carry_UU: torch.Tensor, enter_UD: torch.Tensor) -> None:
        super().__init__(enter_UD.shape[1], len(carry_UU))
        self.carry_UU, self.enter_UD = carry_UU.double(), enter_UD.double()

    def forward(self, x_BTD: torch.Tensor, states: States | None = None) -> tuple[Any, States]:
        hidden_BU, seen = torch.zeros(len(x_BTD), self.units, dtype=x_BTD.dtype), []
        for x_BD in x_BTD.unbind(dim=1):
            hidden_BU = hidden_BU @ self.carry_UU.T + x_BD @ self.enter_UD.T
            seen.append(hidden_BU)
        return torch.stack(seen, dim=1), (hidden_BU,)

    def reach(self, steps: int) -> None:
        raise NotImplementedError

    def tensors(self) -> dict[str, np.ndarray]:
        raise NotImplementedError


def measured(cell: Cell, steps: int, sequences: int = 16) -> np.ndarray:
    generator = torch.Generator().manual_seed(0)
    x_BTD = torch.rand(sequences, steps, cell.inputs, generator=generator)
    return survival(cell, x_BTD, generator)


@pytest.mark.parametrize("share", [0.5, 0.9, 1.0, 1.1])
def test_units_that_keep_a_share_keep_its_powers(share: float) -> None:
    cell = Linear(share * torch.eye(5).double(), torch.ones(5, 1))
    assert measured(cell, 150) == pytest.approx(share ** np.arange(150), rel=1e-9)


def test_it_reaches_below_what_single_precision_can_tell() -> None:
    cell = Linear(0.1 * torch.eye(3), torch.ones(3, 1))
    assert measured(cell, 201)[200] == pytest.approx(1e-200, rel=1e-6)


def test_units_of_different_memory_are_taken_together_by_the_norm() -> None:
    """A diagonal A and B = 1: the squares are the means of a_u^2k, over random signs."""
    keep_U = torch.tensor([0.99, 0.9, 0.5], dtype=torch.float64)
    found_K = measured(Linear(torch.diag(keep_U), torch.eye(3)), 60, sequences=400)
    wanted_K = [float((keep_U ** (2 * lag)).mean().sqrt()) for lag in range(60)]
    assert found_K == pytest.approx(wanted_K, rel=1e-6)


def test_matrix_that_turns_loses_nothing() -> None:
    turn_UU = torch.linalg.qr(torch.randn(6, 6, generator=torch.Generator().manual_seed(1)))[0]
    found_K = measured(Linear(turn_UU, torch.eye(6)), 100)
    assert found_K == pytest.approx(np.ones(100), rel=1e-5)


def test_norm_is_that_of_the_jacobian() -> None:
    """Of an LSTM, each derivative taken by itself."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        cell = CELLS["lstm"](2, 4)
    generator = torch.Generator().manual_seed(0)
    x_BTD = torch.rand(1, 6, 2, generator=generator)
    double = CELLS["lstm"](2, 4).double()
    double.load_state_dict(cell.state_dict())
    jacobian_UBTD = torch.autograd.functional.jacobian(
        lambda x: double(x)[0][0, -1], x_BTD.double()
    )
    norm_K = jacobian_UBTD.square().sum(dim=(0, 1, 3)).sqrt().flip(0)
    found_K = survival(cell, x_BTD.expand(20_000, -1, -1), generator)
    assert found_K == pytest.approx((norm_K / norm_K[0]).numpy(), rel=0.03)


def test_cell_is_left_in_single_precision() -> None:
    cell = CELLS["gru"](2, 4)
    measured(cell, 5)
    assert all(p.dtype == torch.float32 and p.grad is None for p in cell.parameters())


def test_average_is_geometric_and_bears_zeros() -> None:
    assert averaged([np.array([1.0, 1e-2]), np.array([1.0, 1e-6])]) == pytest.approx([1.0, 1e-4])
    assert np.isfinite(averaged([np.array([1.0, 0.0])])).all()
