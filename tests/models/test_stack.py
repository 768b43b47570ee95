"""Trained layers and the NumPy runtime give the same hidden states."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from foretell import runtime
from foretell.models import Stack, stack_weights
from foretell.models.cells import CELLS

INPUTS, UNITS, STEPS = 5, 8, 200

kinds = pytest.mark.parametrize("kind", CELLS)


def stack(kind: str, layers: int, seed: int = 0, dropout: float = 0.0) -> Stack:
    """Layers of random weights, short of chaos, in which every rounding grows without bound."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layered = Stack(kind, INPUTS, UNITS, layers, dropout)
        with torch.no_grad():
            for parameter in layered.parameters():
                parameter.add_(0.2 * torch.randn_like(parameter))
    return layered.eval()


def inputs(steps: int = STEPS, series: int = 2) -> torch.Tensor:
    return torch.randn(series, steps, INPUTS, generator=torch.Generator().manual_seed(9))


def test_every_cell_can_be_trained_and_run() -> None:
    assert list(CELLS) == list(runtime.CELLS)


@kinds
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_runtime_agrees_step_by_step(kind: str, layers: int) -> None:
    members, x_BTF = [stack(kind, layers, seed) for seed in range(2)], inputs()
    with torch.no_grad():
        expected_MBTU = np.stack([net(x_BTF)[0].numpy() for net in members])
    twin = runtime.Stack.of(stack_weights(members))
    state = twin.start(len(x_BTF))
    for step, x_SF in enumerate(x_BTF.transpose(0, 1).numpy()):
        if step % 50 == 49:  # what is saved and restored is as good
            kept, state = state.save(), twin.start(len(x_BTF))
            state.restore(kept)
        twin.advance(state, x_SF)
        assert np.abs(state.hidden_MSU - expected_MBTU[:, :, step]).max() < 1e-5
    assert np.ptp(expected_MBTU, axis=2).max() > 0.1


@kinds
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_runtime_agrees_on_what_is_kept_and_on_a_forgotten_series(kind: str, layers: int) -> None:
    net, x_BTF = stack(kind, layers), inputs(60)
    twin = runtime.Stack.of(stack_weights([net]))
    state = twin.start(len(x_BTF))
    for step, x_SF in enumerate(x_BTF.transpose(0, 1).numpy()):
        if step == 25:
            state.forget(1)
        twin.advance(state, x_SF)
    for series, start in enumerate([0, 25]):
        with torch.no_grad():
            _, states = net(x_BTF[[series], start:])
        expected_LPU = np.array([[part_1U[0].numpy() for part_1U in kept] for kept in states])
        assert np.abs(state.save()[:, :, 0, series] - expected_LPU).max() < 1e-5


@kinds
def test_states_carry_on_from_one_part_to_the_next(kind: str) -> None:
    net, x_BTF = stack(kind, 2), inputs(40)
    with torch.no_grad():
        whole_BTU, after = net(x_BTF)
        first_BTU, states = net(x_BTF[:, :15])
        second_BTU, later = net(x_BTF[:, 15:], states)
    assert torch.allclose(torch.cat([first_BTU, second_BTU], dim=1), whole_BTU, atol=1e-6)
    for one, other in zip(after, later, strict=True):
        assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True))
        assert all(part.shape == (2, UNITS) for part in one)


@kinds
def test_what_enters_a_layer_is_added_to_what_leaves_it(kind: str) -> None:
    net, x_BTF = stack(kind, 2), inputs(20)
    with torch.no_grad():
        first_BTU, _ = net.cells[0](x_BTF)
        second_BTU, _ = net.cells[1](first_BTU)
        assert torch.equal(net(x_BTF)[0], first_BTU + second_BTU)


def test_dropout_is_between_layers_and_not_on_what_is_added() -> None:
    net, x_BTF = stack("lstm", 2, dropout=0.5), inputs(20)
    single = stack("lstm", 1, dropout=0.5).train()
    with torch.no_grad(), torch.random.fork_rng():
        assert torch.equal(single(x_BTF)[0], single(x_BTF)[0])
        assert torch.equal(net(x_BTF)[0], net(x_BTF)[0])
        net.train()
        assert not torch.equal(net(x_BTF)[0], net(x_BTF)[0])
        for parameter in net.cells[1].parameters():
            parameter.zero_()
        assert torch.equal(net(x_BTF)[0], net.cells[0](x_BTF)[0])


@kinds
def test_layers_are_causal(kind: str) -> None:
    net, x_BTF = stack(kind, 2), inputs(20)
    changed = x_BTF.clone()
    changed[:, 11:] = 100.0
    with torch.no_grad():
        assert torch.equal(net(x_BTF)[0][:, :11], net(changed)[0][:, :11])


@kinds
def test_weights_do_not_share_memory_with_the_layers(kind: str) -> None:
    net = stack(kind, 2)
    tensors = stack_weights([net])
    before = {name: tensor.copy() for name, tensor in tensors.items()}
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
    assert all(np.array_equal(tensors[name], before[name]) for name in before)
