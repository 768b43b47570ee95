"""AdamW against PyTorch's own, which is not used because it loads the compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from foretell.training.optimiser import AdamW

DECAY, CLIP = 0.2, 0.5

TRAINING = """
import sys
import numpy as np
from foretell.training import Dataset, History, Settings
from foretell.training.quantiles import train
x_TF = np.ones((60, 2), dtype=np.float32)
history = History(x_TF, x_TF[:, :1], 50, 60)
data = Dataset((history,), np.array([[-1.0, 0.0, 1.0]]), np.array([0.1, 0.5, 0.9]), np.ones(1))
assert train(data, Settings(steps=1, patience=1)).validation_loss > 0.0
sys.exit("torch._dynamo" in sys.modules or "sympy" in sys.modules)
"""


def network() -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))


def loss(net: nn.Module, step: int) -> torch.Tensor:
    """Large at some steps, so that some gradients are clipped and others are not."""
    x_BF = torch.randn(8, 3, generator=torch.Generator().manual_seed(step))
    return net(x_BF).sub(1.0).square().mean() * (0.01 if step % 3 else 10.0)


def rate(step: int) -> float:
    return 3e-2 / (1 + step % 4)


def torchs_own(steps: int) -> nn.Module:
    net = network()
    matrices = [each for each in net.parameters() if each.ndim > 1]
    biases = [each for each in net.parameters() if each.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": DECAY}, {"params": biases, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups)
    for step in range(steps):
        optimiser.zero_grad()
        torch.autograd.backward(loss(net, step))
        torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
        for group in optimiser.param_groups:
            group["lr"] = rate(step)
        optimiser.step()
    return net


@pytest.mark.parametrize("steps", [1, 2, 25])
def test_steps_are_those_of_pytorch(steps: int) -> None:
    net, start = network(), network()
    optimiser = AdamW(net.parameters(), DECAY, CLIP)
    for step in range(steps):
        optimiser.clear()
        torch.autograd.backward(loss(net, step))
        optimiser.step(rate(step))
    both = zip(net.parameters(), torchs_own(steps).parameters(), start.parameters(), strict=True)
    for own, expected, before in both:
        assert torch.allclose(own, expected, rtol=1e-5, atol=1e-6)
        assert not torch.allclose(own, before, atol=1e-3)


def test_training_does_not_load_the_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", TRAINING], check=False, timeout=120)
    assert done.returncode == 0
