"""From what the network knows to standardised quantiles that cannot cross, in PyTorch.

Axes: B batch, T time, D width of what is read, H horizons, K quantiles. The NumPy twin, which
says what the outputs mean, is `foretell.runtime.heads`.
"""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["QuantileHead"]


class QuantileHead(nn.Module):
    """Median plus positive gaps outwards, each the prior's gap times an exponential.

    Starts with zero weights, so that an untrained network forecasts the prior exactly. There is
    no bias: the prior already is what is known without looking at the bars.

    Parameters
    ----------
    width : int
        Length of the vector that is read.
    prior_HK : Tensor of float32, shape (H, K)
        Increasing quantiles, K odd.
    """

    prior_HK: torch.Tensor

    def __init__(self, width: int, prior_HK: torch.Tensor) -> None:
        super().__init__()
        self.linear = nn.Linear(width, prior_HK.numel(), bias=False)
        nn.init.zeros_(self.linear.weight)
        self.register_buffer("prior_HK", prior_HK)

    def forward(self, seen_BTD: torch.Tensor) -> torch.Tensor:
        """Quantiles of shape (B, T, H, K)."""
        middle = self.prior_HK.shape[1] // 2
        # In float32 whatever the autocast: a sum of gaps loses its digits in bfloat16.
        out_BTHK = self.linear(seen_BTD).float().unflatten(-1, self.prior_HK.shape)
        median_BTH1 = self.prior_HK[:, middle, None] + out_BTHK[..., :1]
        gap_HG = self.prior_HK.diff(dim=1)
        wider_BTHG = torch.exp(out_BTHK[..., 1:])
        below = (wider_BTHG[..., :middle] * gap_HG[:, :middle].flip(-1)).cumsum(-1).flip(-1)
        above = (wider_BTHG[..., middle:] * gap_HG[:, middle:]).cumsum(-1)
        return torch.cat([median_BTH1 - below, median_BTH1, median_BTH1 + above], dim=-1)
