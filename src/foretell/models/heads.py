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
    gap_HG: torch.Tensor
    sum_KK: torch.Tensor

    def __init__(self, width: int, prior_HK: torch.Tensor) -> None:
        super().__init__()
        self.linear = nn.Linear(width, prior_HK.numel(), bias=False)
        nn.init.zeros_(self.linear.weight)
        self.register_buffer("prior_HK", prior_HK)
        middle = prior_HK.shape[1] // 2
        gap_HG = prior_HK.diff(dim=1)
        self.register_buffer(
            "gap_HG", torch.cat([gap_HG[:, :middle].flip(-1), gap_HG[:, middle:]], dim=-1)
        )
        self.register_buffer("sum_KK", _sums(prior_HK.shape[1]))

    def forward(self, seen_BTD: torch.Tensor) -> torch.Tensor:
        """Quantiles of shape (B, T, H, K)."""
        # In float32 whatever the autocast: a sum of gaps loses its digits in bfloat16.
        out_BTHK = self.linear(seen_BTD).float().unflatten(-1, self.prior_HK.shape)
        median_H1 = self.prior_HK[:, self.prior_HK.shape[1] // 2, None]
        parts = [median_H1 + out_BTHK[..., :1], self.gap_HG * torch.exp(out_BTHK[..., 1:])]
        with torch.autocast(seen_BTD.device.type, enabled=False):
            return torch.cat(parts, dim=-1) @ self.sum_KK


def _sums(levels: int) -> torch.Tensor:
    """Matrix that adds up median and gaps: column k holds the signs of what makes quantile k."""
    middle = levels // 2
    sums = torch.zeros(levels, levels)
    sums[0] = 1.0
    for step in range(middle):
        sums[1 + step, : middle - step] = -1.0
        sums[1 + middle + step, middle + 1 + step :] = 1.0
    return sums
