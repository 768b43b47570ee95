"""The optimiser: AdamW with clipped gradients, on all parameters as one vector.

``torch.optim`` does the same, but its first step loads PyTorch's compiler, for about a second: as
long as a whole training of some series takes. Axes: P parameters of the network, end to end.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch.nn import Parameter
from torch.nn.utils import parameters_to_vector

__all__ = ["AdamW"]

MEMORIES = (0.9, 0.999)  # of the gradient and of its square: the defaults of the paper
EPSILON = 1e-8


class AdamW:
    """Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019, algorithm 2).

    Matrices decay, biases do not.

    Parameters
    ----------
    parameters : iterable of Parameter
    learning_rate, weight_decay : float
    clip : float
        Largest norm of the whole gradient; a longer one is shortened to it.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        learning_rate: float,
        weight_decay: float,
        clip: float,
    ) -> None:
        self._parameters = list(parameters)
        self._sizes = [each.numel() for each in self._parameters]
        self._rate = learning_rate
        self._clip = clip
        decays = [torch.full_like(p, float(p.ndim > 1)) for p in self._parameters]
        self._decay_P = learning_rate * weight_decay * parameters_to_vector(decays)
        self._mean_P = torch.zeros_like(self._decay_P)
        self._square_P = torch.zeros_like(self._decay_P)
        self._steps = 0

    def clear(self) -> None:
        """Forget the gradients, before the next ones are computed."""
        for each in self._parameters:
            each.grad = None

    @torch.no_grad()
    def step(self, share: float = 1.0) -> None:
        """Move the parameters along their gradients; every parameter must have one.

        Parameters
        ----------
        share : float
            Of the learning rate, for a rate that falls.
        """
        gradient_P = self._gradient()
        self._steps += 1
        first, second = MEMORIES
        self._mean_P.lerp_(gradient_P, 1.0 - first)
        self._square_P.mul_(second).addcmul_(gradient_P, gradient_P, value=1.0 - second)
        spread_P = (self._square_P / (1.0 - second**self._steps)).sqrt_().add_(EPSILON)
        parameter_P = parameters_to_vector(self._parameters)
        parameter_P.addcmul_(parameter_P, self._decay_P, value=-share)
        rate = share * self._rate / (1.0 - first**self._steps)
        parameter_P.addcdiv_(self._mean_P, spread_P, value=-rate)
        parts = torch.split(parameter_P, self._sizes)
        for each, part in zip(self._parameters, parts, strict=True):
            each.copy_(part.view_as(each))

    def _gradient(self) -> torch.Tensor:
        gradients = [each.grad for each in self._parameters if each.grad is not None]
        gradient_P = parameters_to_vector(gradients)
        shorter = torch.clamp(self._clip / (gradient_P.norm() + 1e-6), max=1.0)
        return gradient_P.mul_(shorter)
