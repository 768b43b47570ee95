"""The scalar xLSTM: one layer over time."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from foretell.models.cells.cell import Cell, States, array
from foretell.models.cells.slstm_steps import Recurrence

__all__ = ["SLSTMCell"]

FORGET_BIAS = 1.0  # start by keeping, as the LSTM does


class SLSTMCell(Cell):
    """The sLSTM of Beck et al. (2024); see `foretell.runtime.cells.slstm`.

    All inputs are multiplied at once; the recurrence after that has the precision of the weights
    whatever the autocast, since exponentials of rounded exponents go astray.
    """

    recurrent = "recurrent_UG"

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__(inputs, units)
        self.weight_GD = nn.Parameter(torch.empty(4 * units, inputs))
        self.recurrent_UG = nn.Parameter(torch.empty(units, 4 * units))
        self.bias_G = nn.Parameter(torch.zeros(4 * units))
        for weight in (self.weight_GD, self.recurrent_UG):
            nn.init.uniform_(weight, -(units**-0.5), units**-0.5)  # as PyTorch's own cells do
        nn.init.constant_(self.bias_G[units : 2 * units], FORGET_BIAS)

    def forward(
        self, x_BTD: torch.Tensor, states: States | None = None
    ) -> tuple[torch.Tensor, States]:
        """Hidden states of shape (B, T, U); the four parts of the state after the last step."""
        raw_TBG = functional.linear(x_BTD.transpose(0, 1), self.weight_GD, self.bias_G)
        raw_TBG = raw_TBG.to(self.recurrent_UG.dtype)
        if states is None:
            blank_BU = raw_TBG.new_zeros(len(x_BTD), self.units)
            states = blank_BU, blank_BU, blank_BU, blank_BU - torch.inf
        with torch.autocast(x_BTD.device.type, enabled=False):
            hidden_TBU, *after = Recurrence.apply(  # type: ignore[no-untyped-call]
                raw_TBG, self.recurrent_UG, *states
            )
        return hidden_TBU.transpose(0, 1), (hidden_TBU[-1], *after)

    def reach(self, steps: int) -> None:
        """Spread the forget gates so that memories last from one to `steps` steps.

        As for the LSTM (Tallec and Ollivier, ICLR 2018), of which this has the forget gate.
        """
        bias_G = self.bias_G
        with torch.no_grad():
            nn.init.uniform_(bias_G[self.units : 2 * self.units], 1.0, steps - 1.0).log_()
            bias_G[: self.units] = -bias_G[self.units : 2 * self.units]

    def tensors(self) -> dict[str, np.ndarray]:
        """``weight`` of shape (D + U, 4 U) and ``bias`` of shape (4 U,)."""
        weight_DG = torch.cat([self.weight_GD.T, self.recurrent_UG])
        return {"weight": array(weight_DG), "bias": array(self.bias_G)}
