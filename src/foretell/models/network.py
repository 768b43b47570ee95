"""The network that is trained: recurrent layers and a head, all horizons at every step.

Axes: B batch, T time, F inputs, U units, H horizons, K quantiles.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from foretell.models.heads import CAUTION, QuantileHead

__all__ = ["Network", "stack"]

FORGET_BIAS = 1.0  # start by keeping: Gers et al. 2000; Jozefowicz et al., ICML 2015
# The straight path from the inputs to the head learns this much faster than the rest, so that a
# plain linear effect is found before the recurrent part has begun to overfit.
DIRECT_GAIN = 4.0


class Network(nn.Module):
    """LSTM layers, and a quantile head that reads their state and the inputs.

    Parameters
    ----------
    inputs, units, layers : int
    prior_HK : Tensor of float32, shape (H, K)
        What an untrained network forecasts.
    dropout : float
        Between layers and before the head.
    """

    def __init__(
        self, inputs: int, units: int, layers: int, prior_HK: torch.Tensor, dropout: float
    ) -> None:
        super().__init__()
        between = dropout if layers > 1 else 0.0
        self.lstm = nn.LSTM(inputs, units, layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.head = QuantileHead(units + inputs, prior_HK)
        for name, parameter in self.lstm.named_parameters():
            if "bias" in name:
                nn.init.zeros_(parameter)
            if "bias_ih" in name:
                nn.init.constant_(parameter[units : 2 * units], FORGET_BIAS)

    def forward(self, x_BTF: torch.Tensor, skip: int = 0) -> torch.Tensor:
        """Standardised quantiles from an empty state, of shape (B, T - skip, H, K).

        The first `skip` steps only fill the state.
        """
        hidden_BTU, _ = self.lstm(x_BTF)
        hidden_BTU, x_BTF = hidden_BTU[:, skip:], x_BTF[:, skip:]
        seen_BTD = torch.cat([DIRECT_GAIN * x_BTF, self.dropout(hidden_BTU)], dim=-1)
        z_BTHK: torch.Tensor = self.head(seen_BTD)
        return z_BTHK


def stack(members: list[Network]) -> dict[str, np.ndarray]:
    """Weights of an ensemble in the form that `foretell.runtime.Network` takes."""
    tensors: dict[str, np.ndarray] = {}
    for layer in range(members[0].lstm.num_layers):
        tensors[f"cell.{layer}.weight"] = np.stack(
            [_numpy(torch.cat(_matrices(net, layer), dim=1).T) for net in members]
        )
        tensors[f"cell.{layer}.bias"] = np.stack(
            [_numpy(sum(_biases(net, layer), torch.zeros(()))) for net in members]
        )
    tensors["head.weight"] = np.stack([_readout(net) for net in members])
    tensors["head.prior"] = _numpy(members[0].head.prior_HK)
    return tensors


def _readout(net: Network) -> np.ndarray:
    """Head weights with the straight path's gain and the median's caution multiplied in."""
    weight_DO = _numpy(net.head.linear.weight.T).copy()
    weight_DO[: net.lstm.input_size] *= DIRECT_GAIN
    weight_DHK = weight_DO.reshape(len(weight_DO), *net.head.prior_HK.shape)
    weight_DHK[..., -1] *= CAUTION
    return weight_DO


def _matrices(net: Network, layer: int) -> list[torch.Tensor]:
    return [getattr(net.lstm, f"weight_{part}_l{layer}") for part in ("ih", "hh")]


def _biases(net: Network, layer: int) -> list[torch.Tensor]:
    return [getattr(net.lstm, f"bias_{part}_l{layer}") for part in ("ih", "hh")]


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().contiguous().numpy()
