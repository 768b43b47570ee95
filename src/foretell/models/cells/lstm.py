"""Long short-term memory: PyTorch's own, one layer of it."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from foretell.models.cells.cell import Cell, States, array

__all__ = ["LSTMCell"]

FORGET_BIAS = 1.0  # start by keeping: Gers et al. 2000; Jozefowicz et al., ICML 2015


class LSTMCell(Cell):
    """The LSTM with forget gates; see `foretell.runtime.cells.lstm`."""

    recurrent = "lstm.weight_hh_l0"

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__(inputs, units)
        self.lstm = nn.LSTM(inputs, units, batch_first=True)
        _, _, bias_G, other_G = self.lstm.parameters()
        nn.init.zeros_(bias_G)
        nn.init.zeros_(other_G)
        nn.init.constant_(bias_G[units : 2 * units], FORGET_BIAS)

    def forward(
        self, x_BTD: torch.Tensor, states: States | None = None
    ) -> tuple[torch.Tensor, States]:
        """Hidden states of shape (B, T, U); hidden state and cell after the last step."""
        before = None if states is None else tuple(part_BU[None] for part_BU in states)
        hidden_BTU, after = self.lstm(x_BTD, before)
        return hidden_BTU, tuple(part_1BU[0] for part_1BU in after)

    def reach(self, steps: int) -> None:
        """Spread the forget gates so that memories last from one to `steps` steps.

        Tallec and Ollivier (ICLR 2018), equation (16): b_f = log(u), u uniform in [1, steps - 1],
        and b_i = -b_f.
        """
        _, _, bias_G, _ = self.lstm.parameters()
        with torch.no_grad():
            nn.init.uniform_(bias_G[self.units : 2 * self.units], 1.0, steps - 1.0).log_()
            bias_G[: self.units] = -bias_G[self.units : 2 * self.units]

    def tensors(self) -> dict[str, np.ndarray]:
        """``weight`` of shape (D + U, 4 U) and ``bias`` of shape (4 U,)."""
        of_x_GD, of_hidden_GU, bias_G, other_G = self.lstm.parameters()
        return {
            "weight": array(torch.cat([of_x_GD, of_hidden_GU], dim=1).T),
            "bias": array(bias_G + other_G),
        }
