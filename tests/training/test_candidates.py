"""The estimate of a softmax over all categories, from some of them."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import cross_entropy, linear

from foretell.training.candidates import Candidates

CATEGORIES, UNITS, STEPS = 400, 6, 100
COUNT_V = (20_000 / torch.arange(1, CATEGORIES + 1)).long()  # Zipf's law


class Readout:
    """Weights, and a text of a hundred steps with what comes next."""

    def __init__(self, seed: int = 0) -> None:
        draw = torch.Generator().manual_seed(seed)
        self.seen_NU = torch.randn(STEPS, UNITS, generator=draw)
        self.weight_VU = (torch.randn(CATEGORIES, UNITS, generator=draw) / 2).requires_grad_()
        self.bias_V = COUNT_V.float().log().requires_grad_()
        self.next_N = torch.multinomial(COUNT_V.float(), STEPS, replacement=True, generator=draw)

    def full(self) -> torch.Tensor:
        return cross_entropy(linear(self.seen_NU, self.weight_VU, self.bias_V), self.next_N)

    def estimated(self, draws: int) -> torch.Tensor:
        candidates = Candidates(COUNT_V, draws)
        return candidates.nats(self.seen_NU, self.weight_VU, self.bias_V, self.next_N)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def mean_error(draws: int) -> float:
    errors = [
        float((readout.estimated(draws) - readout.full()).detach())
        for readout in map(Readout, range(60))
    ]
    return sum(errors) / len(errors)


def test_when_all_are_candidates_it_is_the_cross_entropy() -> None:
    readout = Readout()
    difference = readout.estimated(100_000) - readout.full()
    assert abs(float(difference.detach())) < 1e-5


def test_few_candidates_give_about_as_many_nats() -> None:
    """A little fewer, since the logarithm of an estimate is less than that of what it estimates."""
    assert -0.06 < mean_error(30) < 0.01
    assert -0.02 < mean_error(300) < 0.01


def test_the_weights_are_what_makes_up_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted fault: candidates that count once, however rarely they are drawn."""
    monkeypatch.setattr(Candidates, "_log_inclusion", lambda _, steps: torch.zeros(CATEGORIES))
    assert mean_error(30) < -0.2


def test_its_gradient_points_where_that_of_all_does() -> None:
    readout = Readout()
    (expected_VU,) = torch.autograd.grad(readout.full(), [readout.weight_VU])
    estimates = [
        torch.autograd.grad(readout.estimated(30), [readout.weight_VU])[0] for _ in range(200)
    ]
    mean_VU = torch.stack(estimates).mean(dim=0)
    likeness = torch.cosine_similarity(mean_VU.flatten(), expected_VU.flatten(), dim=0)
    assert float(likeness) > 0.98


def test_only_candidates_learn() -> None:
    readout = Readout()
    torch.autograd.backward(readout.estimated(30))
    assert readout.weight_VU.grad is not None
    learned_V = readout.weight_VU.grad.any(dim=1)
    assert learned_V[readout.next_N].all()
    assert 0 < int(learned_V.sum()) < CATEGORIES / 2
