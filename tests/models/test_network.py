"""The trained network and the NumPy runtime give the same quantiles."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from foretell import runtime
from foretell.models import Network, Stack, network_weights
from foretell.models.cells import CELLS

INPUTS, UNITS = 5, 8
PRIOR = torch.tensor([[-2.0, -1.0, 0.1, 1.0, 2.5], [-3.0, -1.2, 0.0, 1.3, 3.0]])


def network(seed: int, layers: int = 1, dropout: float = 0.0, kind: str = "lstm") -> Network:
    """A network all of whose weights, the head's too, are random and not small."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = Network(Stack(kind, INPUTS, UNITS, layers, dropout), PRIOR, dropout, caution=0.5)
        with torch.no_grad():
            for name, parameter in net.named_parameters():
                size = 0.05 if "head" in name else 0.3
                parameter.add_(size * torch.randn_like(parameter))
    return net.eval()


def inputs(count: int, series: int = 1) -> torch.Tensor:
    return torch.randn(series, count, INPUTS, generator=torch.Generator().manual_seed(9))


@pytest.mark.parametrize(("members", "layers"), [(1, 1), (3, 1), (1, 2), (3, 2)])
@pytest.mark.parametrize("kind", CELLS)
def test_runtime_agrees_with_the_trained_network(kind: str, members: int, layers: int) -> None:
    nets = [network(seed, layers, kind=kind) for seed in range(members)]
    x_BTF = inputs(60, series=2)
    with torch.no_grad():
        expected = torch.stack([net(x_BTF) for net in nets]).mean(dim=0).numpy()
    forecasts, _ = runtime.Network(network_weights(nets)).run(list(x_BTF.numpy()))
    np.testing.assert_allclose(forecasts, expected, rtol=1e-6, atol=1e-5)
    assert np.ptp(expected, axis=1).max() > 0.1


def test_members_differ_in_the_runtime_too() -> None:
    x_TF = inputs(5)[0].numpy()
    one, other = (
        runtime.Network(network_weights([network(seed)])).run([x_TF])[0][0] for seed in (0, 1)
    )
    assert not np.allclose(one, other, atol=1e-2)


def test_untrained_network_forecasts_the_prior() -> None:
    z_BTHK = Network(Stack("lstm", INPUTS, UNITS, 2, 0.0), PRIOR)(inputs(4))
    assert torch.allclose(z_BTHK, PRIOR.expand(1, 4, 2, 5), atol=1e-6)


def test_skipped_steps_only_fill_the_state() -> None:
    net, x_BTF = network(3), inputs(20)
    with torch.no_grad():
        assert torch.allclose(net(x_BTF, skip=12), net(x_BTF)[:, 12:], atol=1e-6)
        assert not torch.allclose(net(x_BTF, skip=12), net(x_BTF[:, 12:]), atol=1e-3)


def test_network_is_causal() -> None:
    net, x_BTF = network(4, layers=2), inputs(20)
    changed = x_BTF.clone()
    changed[:, 11:] = 100.0
    with torch.no_grad():
        assert torch.equal(net(x_BTF)[:, :11], net(changed)[:, :11])


def test_forget_gates_start_open() -> None:
    net = Network(Stack("lstm", INPUTS, UNITS, 2, 0.0), PRIOR)
    bias_2G = network_weights([net])["lstm.1.bias"][0]
    assert bias_2G[UNITS : 2 * UNITS].tolist() == [1.0] * UNITS
    assert not bias_2G[:UNITS].any()
    assert not bias_2G[2 * UNITS :].any()


def test_stack_has_the_documented_shapes() -> None:
    shapes = {
        name: tensor.shape
        for name, tensor in network_weights([network(0, 2), network(1, 2)]).items()
    }
    assert shapes == {
        "lstm.0.weight": (2, INPUTS + UNITS, 4 * UNITS),
        "lstm.0.bias": (2, 4 * UNITS),
        "lstm.1.weight": (2, 2 * UNITS, 4 * UNITS),
        "lstm.1.bias": (2, 4 * UNITS),
        "head.weight": (2, UNITS + INPUTS, 2 * 5),
        "head.prior": (2, 5),
    }


def test_stack_does_not_share_memory_with_the_network() -> None:
    net = network(0)
    before = {name: tensor.copy() for name, tensor in network_weights([net]).items()}
    tensors = network_weights([net])
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
    assert all(np.array_equal(tensors[name], before[name]) for name in before)


def test_dropout_acts_in_training_alone() -> None:
    net, x_BTF = network(0, dropout=0.5), inputs(10)
    with torch.no_grad(), torch.random.fork_rng():
        assert torch.equal(net(x_BTF), net(x_BTF))
        net.train()
        assert not torch.equal(net(x_BTF), net(x_BTF))
