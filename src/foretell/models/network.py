"""The network that is trained: recurrent layers and a head, all horizons at every step.

Axes: B batch, T time, F inputs, U units, H horizons, K quantiles.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from foretell.models.cells.cell import array
from foretell.models.heads import QuantileHead
from foretell.models.stack import Stack, stack_weights

__all__ = ["Network", "network_weights"]

# The straight path from the inputs to the head learns this much faster than the rest, so that a
# plain linear effect is found before the recurrent part has begun to overfit. Many inputs learn
# faster as a whole than few do, and then need less of it.
DIRECT_GAIN = 4.0
MANY_INPUTS = 32


class Network(nn.Module):
    """Recurrent layers, and a quantile head that reads their state and the inputs.

    Parameters
    ----------
    stack : Stack
    prior_HK : Tensor of float32, shape (H, K)
        What an untrained network forecasts.
    dropout : float
        Before the head.
    caution : float
        Of the head.
    """

    def __init__(
        self, stack: Stack, prior_HK: torch.Tensor, dropout: float = 0.0, caution: float = 1.0
    ) -> None:
        super().__init__()
        self.stack = stack
        self.gain = DIRECT_GAIN * min(1.0, (MANY_INPUTS / stack.inputs) ** 0.5)
        self.dropout = nn.Dropout(dropout)
        self.head = QuantileHead(stack.units + stack.inputs, prior_HK, caution)

    def forward(self, x_BTF: torch.Tensor, skip: int = 0) -> torch.Tensor:
        """Standardised quantiles from an empty state, of shape (B, T - skip, H, K).

        The first `skip` steps only fill the state.
        """
        hidden_BTU, _ = self.stack(x_BTF)
        hidden_BTU, x_BTF = hidden_BTU[:, skip:], x_BTF[:, skip:]
        seen_BTD = torch.cat([self.gain * x_BTF, self.dropout(hidden_BTU)], dim=-1)
        z_BTHK: torch.Tensor = self.head(seen_BTD)
        return z_BTHK


def network_weights(members: list[Network]) -> dict[str, np.ndarray]:
    """Weights of an ensemble in the form that `foretell.runtime.Network` takes."""
    return stack_weights([net.stack for net in members]) | {
        "head.weight": np.stack([_readout(net) for net in members]),
        "head.prior": array(members[0].head.prior_HK),
    }


def _readout(net: Network) -> np.ndarray:
    """Head weights with the straight path's gain and the median's caution multiplied in."""
    weight_DO = array(net.head.linear.weight.T).copy()
    weight_DO[: net.stack.inputs] *= net.gain
    weight_DHK = weight_DO.reshape(len(weight_DO), *net.head.prior_HK.shape)
    weight_DHK[..., -1] *= net.head.caution
    return weight_DO
