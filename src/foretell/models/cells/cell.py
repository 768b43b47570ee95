"""The seam of all recurrent cells in training: one layer, over time, in PyTorch.

Axes: B batch, T time, D inputs of the layer, U units, G columns of the weights. What a step does is
said by the NumPy twin of the same name in `foretell.runtime.cells`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import torch
from torch import nn

__all__ = ["Cell", "States", "array"]

States = tuple[torch.Tensor, ...]  # the parts that are remembered, each of shape (B, U)


class Cell(nn.Module, ABC):
    """One recurrent layer.

    Parameters
    ----------
    inputs, units : int

    Attributes
    ----------
    recurrent : str
        Name of the parameter by which the hidden state is multiplied.
    """

    recurrent: ClassVar[str]

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.units = units

    @abstractmethod
    def forward(
        self, x_BTD: torch.Tensor, states: States | None = None
    ) -> tuple[torch.Tensor, States]:
        """Hidden states of shape (B, T, U), and what is remembered after the last step.

        Without states the layer begins anew.
        """

    @abstractmethod
    def reach(self, steps: int) -> None:
        """Begin anew in the way that is known to help this kind remember over so many steps."""

    @abstractmethod
    def tensors(self) -> dict[str, np.ndarray]:
        """``weight`` and ``bias`` of one member as the NumPy twin takes them."""


def array(tensor: torch.Tensor) -> np.ndarray:
    """A tensor's values; they may share its memory."""
    values: np.ndarray = tensor.detach().cpu().contiguous().numpy()
    return values
