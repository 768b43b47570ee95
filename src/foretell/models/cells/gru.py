"""The gated recurrent unit: PyTorch's own, one layer of it."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from foretell.models.cells.cell import Cell, States, array

__all__ = ["GRUCell"]


class GRUCell(Cell):
    """The GRU with the reset gate after the product; see `foretell.runtime.cells.gru`."""

    recurrent = "gru.weight_hh_l0"

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__(inputs, units)
        self.gru = nn.GRU(inputs, units, batch_first=True)
        _, _, bias_G, other_G = self.gru.parameters()
        nn.init.zeros_(bias_G)
        nn.init.zeros_(other_G)

    def forward(
        self, x_BTD: torch.Tensor, states: States | None = None
    ) -> tuple[torch.Tensor, States]:
        """Hidden states of shape (B, T, U); the last one."""
        before = None if states is None else states[0][None]
        # In float32: PyTorch's steps on a processor take twice as long in bfloat16.
        with torch.autocast(x_BTD.device.type, enabled=False):
            hidden_BTU, after_1BU = self.gru(x_BTD, before)
        return hidden_BTU, (after_1BU[0],)

    def reach(self, steps: int) -> None:
        """Spread the update gates so that memories last from one to `steps` steps.

        As for the LSTM (Tallec and Ollivier, ICLR 2018): here the gate z is what keeps.
        """
        with torch.no_grad():
            _, _, bias_G, _ = self.gru.parameters()
            nn.init.uniform_(bias_G[self.units : 2 * self.units], 1.0, steps - 1.0).log_()

    def tensors(self) -> dict[str, np.ndarray]:
        """``weight`` of shape (D + U, 3 U) and ``bias`` of shape (4 U,)."""
        of_x_GD, of_hidden_GU, bias_G, other_G = self.gru.parameters()
        r, z, candidate = bias_G.chunk(3)
        other_r, other_z, within_reset = other_G.chunk(3)
        return {
            "weight": array(torch.cat([of_x_GD, of_hidden_GU], dim=1).T),
            "bias": array(torch.cat([r + other_r, z + other_z, candidate, within_reset])),
        }
