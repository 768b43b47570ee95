"""The language network that is trained."""

from __future__ import annotations

import pytest
import torch

from foretell.models import Language, Regularisation, Stack

READ = torch.arange(12).view(2, 6) % 5


def network(regularisation: Regularisation | None = None, *, tied: bool = False) -> Language:
    stack = Stack("lstm", 8, 8, 1, 0.0)
    return Language(torch.zeros(5), stack, regularisation or Regularisation(), tied=tied)


def test_state_that_is_carried_on_equals_one_long_run() -> None:
    net = network().eval()
    whole_BTV, _ = net(READ)
    early_BTV, states = net(READ[:, :2])
    late_BTV, _ = net(READ[:, 2:], states)
    assert torch.allclose(torch.cat([early_BTV, late_BTV], dim=1), whole_BTV, atol=1e-6)


def test_later_categories_change_no_earlier_logits() -> None:
    net, other = network().eval(), READ.clone()
    other[:, 3:] = (other[:, 3:] + 1) % 5
    assert torch.equal(net(READ)[0][:, :3], net(other)[0][:, :3])
    assert not torch.equal(net(READ)[0][:, 3], net(other)[0][:, 3])


def test_tied_network_leaves_by_the_vectors_it_is_entered_by() -> None:
    net = network(tied=True)
    assert net.readout.weight is net.embedding.weight
    assert len(list(net.parameters())) == len(list(network().parameters())) - 1


@pytest.mark.parametrize("part", ["output", "embedding"])
def test_dropout_is_for_training_alone(part: str) -> None:
    net = network(Regularisation(**{part: 0.5}))
    assert not torch.equal(net.train()(READ)[0], net(READ)[0])
    assert torch.equal(net.eval()(READ)[0], net(READ)[0])
