"""Cells whose steps over time PyTorch has itself."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import ClassVar

import numpy as np
import torch
from torch import nn

from foretell.models.cells.cell import Cell, States, array

__all__ = ["BuiltIn"]


class BuiltIn(Cell):
    """One layer of one of PyTorch's own, its biases zero.

    Attributes
    ----------
    kind : type
        PyTorch's class.
    faster_rounded : bool
        Whether it is faster in bfloat16 on a processor, where a network is trained in that.
    """

    kind: ClassVar[type[nn.RNNBase]]
    faster_rounded: ClassVar[bool] = False
    recurrent = "own.weight_hh_l0"

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__(inputs, units)
        self.own = self.kind(inputs, units, batch_first=True)  # type: ignore[call-arg, arg-type]
        for bias_G in self.biases:
            nn.init.zeros_(bias_G)

    @property
    def biases(self) -> tuple[nn.Parameter, nn.Parameter]:
        """What is added to the inputs' part, and what to the hidden state's, shape (G,) each."""
        _, _, of_inputs_G, of_hidden_G = self.own.parameters()
        return of_inputs_G, of_hidden_G

    @property
    def of_hidden_GU(self) -> nn.Parameter:
        """What the hidden state is multiplied by."""
        return list(self.own.parameters())[1]

    def forward(
        self, x_BTD: torch.Tensor, states: States | None = None
    ) -> tuple[torch.Tensor, States]:
        """Hidden states of shape (B, T, U), and what is remembered after the last step."""
        before = None if states is None else _one_or_several([part_BU[None] for part_BU in states])
        with self._precision(x_BTD.device.type):
            hidden_BTU, after = self.own(x_BTD, before)
        parts = after if isinstance(after, tuple) else (after,)
        return hidden_BTU, tuple(part_1BU[0] for part_1BU in parts)

    def _precision(self, device: str) -> AbstractContextManager[object]:
        return nullcontext() if self.faster_rounded else torch.autocast(device, enabled=False)

    def tensors(self) -> dict[str, np.ndarray]:
        """``weight`` of shape (D + U, G) and ``bias``, the sum of both."""
        of_inputs_GD, of_hidden_GU, *_ = self.own.parameters()
        of_inputs_G, of_hidden_G = self.biases
        return {
            "weight": array(torch.cat([of_inputs_GD, of_hidden_GU], dim=1).T),
            "bias": array(of_inputs_G + of_hidden_G),
        }


def _one_or_several(parts: list[torch.Tensor]) -> torch.Tensor | tuple[torch.Tensor, ...]:
    """PyTorch takes a tuple of states where there are several."""
    return parts[0] if len(parts) == 1 else tuple(parts)
