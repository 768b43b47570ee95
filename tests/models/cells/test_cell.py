"""What holds for every kind of cell in training."""

from __future__ import annotations

import pytest
import torch

from foretell.models.cells import CELLS, Cell

INPUTS, UNITS = 5, 8


@pytest.fixture(params=CELLS)
def cell(request: pytest.FixtureRequest) -> Cell:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return CELLS[request.param](INPUTS, UNITS)


def inputs(steps: int) -> torch.Tensor:
    return torch.randn(3, steps, INPUTS, generator=torch.Generator().manual_seed(1))


def test_gradients_agree_with_small_changes(cell: Cell) -> None:
    """Of a sum of squared hidden states, by a random direction of all parameters."""
    parameters, x_BTD = list(cell.parameters()), inputs(12)
    generator = torch.Generator().manual_seed(2)
    directions = [torch.randn(p.shape, generator=generator) for p in parameters]

    def loss() -> torch.Tensor:
        return cell(x_BTD)[0].double().square().sum()

    torch.autograd.backward(loss())
    slope = sum(float((p.grad * d).sum()) for p, d in zip(parameters, directions, strict=True))
    losses = []
    with torch.no_grad():
        for move in (1e-3, -2e-3):
            for p, d in zip(parameters, directions, strict=True):
                p.add_(move * d)
            losses.append(float(loss()))
    assert slope == pytest.approx((losses[0] - losses[1]) / 2e-3, rel=1e-2)


def test_gradient_reaches_back_to_the_first_input(cell: Cell) -> None:
    x_BTD = inputs(10).requires_grad_()
    torch.autograd.backward(cell(x_BTD)[0][:, -1].sum())
    assert bool((x_BTD.grad[:, 0] != 0.0).any())
    assert bool(torch.isfinite(x_BTD.grad).all())


def test_gradient_flows_through_the_states(cell: Cell) -> None:
    """Through a sequence cut in two as through the whole."""
    x_BTD = inputs(14)
    torch.autograd.backward(cell(x_BTD)[0].square().sum())
    whole = [parameter.grad.clone() for parameter in cell.parameters()]
    cell.zero_grad()
    first_BTU, states = cell(x_BTD[:, :6])
    second_BTU, _ = cell(x_BTD[:, 6:], states)
    torch.autograd.backward(first_BTU.square().sum() + second_BTU.square().sum())
    for parameter, expected in zip(cell.parameters(), whole, strict=True):
        assert torch.allclose(parameter.grad, expected, rtol=1e-4, atol=1e-5)


def test_double_precision_is_kept(cell: Cell) -> None:
    x_BTD = inputs(6)
    expected_BTU, _ = cell(x_BTD)
    found_BTU, states = cell.double()(x_BTD.double())
    assert {each.dtype for each in (found_BTU, *states)} == {torch.float64}
    assert torch.allclose(found_BTU.float(), expected_BTU, atol=1e-6)
    assert not torch.equal(found_BTU, expected_BTU.double())


def test_half_precision_comes_close(cell: Cell) -> None:
    x_BTD = inputs(40)
    with torch.no_grad():
        expected_BTU, _ = cell(x_BTD)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found_BTU, _ = cell(x_BTD)
    assert torch.allclose(found_BTU.float(), expected_BTU, atol=0.03)


def test_biases_start_at_zero_but_for_the_forget_gate(cell: Cell) -> None:
    bias_G = cell.tensors()["bias"]
    if type(cell).__name__ in {"LSTMCell", "SLSTMCell"}:
        assert (bias_G[UNITS : 2 * UNITS] == 1.0).all()
        bias_G[UNITS : 2 * UNITS] = 0.0
    assert not bias_G.any()


@pytest.mark.parametrize("kind", ["gru", "lstm", "slstm"])
def test_reach_spreads_what_is_kept_from_one_step_to_the_length(kind: str) -> None:
    """Of zero input and state: a gate at f forgets in 1 / (1 - f) steps."""
    units, steps = 4_000, 50
    with torch.random.fork_rng():
        torch.manual_seed(3)
        cell = CELLS[kind](INPUTS, units)
        cell.reach(steps)
    vectors = torch.from_numpy(cell.tensors()["bias"]).chunk(4)
    lasting = 1.0 / (1.0 - torch.sigmoid(vectors[1]))  # f, or the update gate of the GRU
    assert 2.0 <= float(lasting.min()) < 2.1
    assert 49.9 < float(lasting.max()) <= 50.0
    assert float(lasting.mean()) == pytest.approx((2 + 50) / 2, abs=0.7)
    if kind != "gru":
        assert torch.allclose(vectors[0], -vectors[1])


def test_reach_of_the_simple_network_keeps_lengths() -> None:
    cell = CELLS["rnn"](INPUTS, UNITS)
    cell.reach(50)
    weight = torch.from_numpy(cell.tensors()["weight"])[INPUTS:]
    assert torch.allclose(weight @ weight.T, torch.eye(UNITS), atol=1e-5)
