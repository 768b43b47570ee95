"""Elman's network: PyTorch's own, one layer of it."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from foretell.models.cells.cell import Cell, States, array

__all__ = ["RNNCell"]


class RNNCell(Cell):
    """The RNN with tanh; see `foretell.runtime.cells.rnn`."""

    recurrent = "rnn.weight_hh_l0"

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__(inputs, units)
        self.rnn = nn.RNN(inputs, units, batch_first=True)
        _, _, bias_U, other_U = self.rnn.parameters()
        nn.init.zeros_(bias_U)
        nn.init.zeros_(other_U)

    def forward(
        self, x_BTD: torch.Tensor, states: States | None = None
    ) -> tuple[torch.Tensor, States]:
        """Hidden states of shape (B, T, U); the last one."""
        before = None if states is None else states[0][None]
        # In float32: PyTorch's steps on a processor take twice as long in bfloat16.
        with torch.autocast(x_BTD.device.type, enabled=False):
            hidden_BTU, after_1BU = self.rnn(x_BTD, before)
        return hidden_BTU, (after_1BU[0],)

    def reach(self, steps: int) -> None:  # noqa: ARG002 - it has nothing to set a length with
        """Let the hidden state turn without shrinking: orthogonal weights.

        Saxe, McClelland and Ganguli (ICLR 2014); what is lost is lost to tanh alone.
        """
        _, of_hidden_UU, *_ = self.rnn.parameters()
        nn.init.orthogonal_(of_hidden_UU)

    def tensors(self) -> dict[str, np.ndarray]:
        """``weight`` of shape (D + U, U) and ``bias`` of shape (U,)."""
        of_x_UD, of_hidden_UU, bias_U, other_U = self.rnn.parameters()
        return {
            "weight": array(torch.cat([of_x_UD, of_hidden_UU], dim=1).T),
            "bias": array(bias_U + other_U),
        }
