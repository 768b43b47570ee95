"""Long short-term memory: PyTorch's own, one layer of it."""

from __future__ import annotations

import torch
from torch import nn

from foretell.models.cells.builtin import BuiltIn

__all__ = ["LSTMCell"]

FORGET_BIAS = 1.0  # start by keeping: Gers et al. 2000; Jozefowicz et al., ICML 2015


class LSTMCell(BuiltIn):
    """The LSTM with forget gates; see `foretell.runtime.cells.lstm`."""

    kind = nn.LSTM
    faster_rounded = True

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__(inputs, units)
        bias_G, _ = self.biases
        nn.init.constant_(bias_G[units : 2 * units], FORGET_BIAS)

    def reach(self, steps: int) -> None:
        """Spread the forget gates so that memories last from one to `steps` steps.

        Tallec and Ollivier (ICLR 2018), equation (16): b_f = log(u), u uniform in [1, steps - 1],
        and b_i = -b_f.
        """
        bias_G, _ = self.biases
        with torch.no_grad():
            nn.init.uniform_(bias_G[self.units : 2 * self.units], 1.0, steps - 1.0).log_()
            bias_G[: self.units] = -bias_G[self.units : 2 * self.units]
