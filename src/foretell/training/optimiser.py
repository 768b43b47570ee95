"""The optimiser: AdamW with clipped gradients, in one sweep over each parameter.

``torch.optim`` calls the same kernel, but its first step loads PyTorch's compiler, for about a
second: as long as a whole training of some series takes.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch.nn import Parameter

__all__ = ["AdamW"]

MEMORIES = (0.9, 0.999)  # of the gradient and of its square: the defaults of the paper
EPSILON = 1e-8


class AdamW:
    """Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019, algorithm 2).

    Matrices decay, biases do not.

    Parameters
    ----------
    parameters : iterable of Parameter
    weight_decay : float
        Share of a weight that is lost in a step, as a multiple of the learning rate.
    clip : float
        Largest norm of the whole gradient; a longer one is shortened to it.
    """

    def __init__(self, parameters: Iterable[Parameter], weight_decay: float, clip: float) -> None:
        self._parameters = list(parameters)
        self._clip = clip
        matrices = [each for each in self._parameters if each.ndim > 1]
        biases = [each for each in self._parameters if each.ndim <= 1]
        self._groups = (_Group(matrices, weight_decay), _Group(biases, 0.0))

    def clear(self) -> None:
        """Forget the gradients, before the next ones are computed."""
        for each in self._parameters:
            each.grad = None

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Move the parameters along their gradients; every parameter must have one."""
        gradients = [each.grad for each in self._parameters if each.grad is not None]
        norm = torch.stack([each.norm() for each in gradients]).norm()
        divisor = torch.clamp((norm + 1e-6) / self._clip, min=1.0)
        for group in self._groups:
            group.step(learning_rate, divisor)


class _Group:
    """Parameters that decay alike, and what is remembered of their gradients."""

    def __init__(self, parameters: list[Parameter], weight_decay: float) -> None:
        self._parameters: list[torch.Tensor] = list(parameters)
        self._weight_decay = weight_decay
        self._means = [torch.zeros_like(each) for each in parameters]
        self._squares = [torch.zeros_like(each) for each in parameters]
        self._steps = [torch.zeros((), device=each.device) for each in parameters]

    def step(self, learning_rate: float, divisor: torch.Tensor) -> None:
        for steps in self._steps:
            steps.add_(1.0)
        torch._fused_adamw_(
            self._parameters,
            [each.grad for each in self._parameters if each.grad is not None],
            self._means,
            self._squares,
            [],
            self._steps,
            lr=learning_rate,
            beta1=MEMORIES[0],
            beta2=MEMORIES[1],
            weight_decay=self._weight_decay,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
            grad_scale=divisor,
        )
