"""The gated recurrent unit: PyTorch's own, one layer of it."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from foretell.models.cells.builtin import BuiltIn
from foretell.models.cells.cell import array

__all__ = ["GRUCell"]


class GRUCell(BuiltIn):
    """The GRU with the reset gate after the product; see `foretell.runtime.cells.gru`."""

    kind = nn.GRU

    def reach(self, steps: int) -> None:
        """Spread the update gates so that memories last from one to `steps` steps.

        As for the LSTM (Tallec and Ollivier, ICLR 2018): here the gate z is what keeps.
        """
        bias_G, _ = self.biases
        with torch.no_grad():
            nn.init.uniform_(bias_G[self.units : 2 * self.units], 1.0, steps - 1.0).log_()

    def tensors(self) -> dict[str, np.ndarray]:
        """``weight`` of shape (D + U, 3 U) and ``bias`` of shape (4 U,).

        Inside the reset gate the hidden state's bias stays apart.
        """
        (r, z, candidate), (other_r, other_z, within_reset) = (
            bias_G.chunk(3) for bias_G in self.biases
        )
        bias_G = torch.cat([r + other_r, z + other_z, candidate, within_reset])
        return super().tensors() | {"bias": array(bias_G)}
