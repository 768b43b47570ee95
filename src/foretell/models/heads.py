"""From what the network knows to standardised quantiles that cannot cross, in PyTorch.

Axes: B batch, T time, D width of what is read, H horizons, K quantiles, G gaps between them. The
NumPy twin, which says what the outputs mean, is `foretell.runtime.heads`.
"""

from __future__ import annotations

import torch
from torch import nn

from foretell.runtime import sum_matrix

__all__ = ["QuantileHead"]


class QuantileHead(nn.Module):
    """Median plus positive gaps, each the prior's gap times an exponential.

    Starts with zero weights, so that an untrained network forecasts the prior exactly. There is
    no bias: the prior already is what is known without looking at the bars. Once trained, that
    is in evaluation, the median moves `caution` times as far from the prior's as in training.

    Parameters
    ----------
    width : int
        Length of the vector that is read.
    prior_HK : Tensor of float32, shape (H, K)
        Increasing quantiles, K odd.
    caution : float
        Share of what was learned about direction that a forecast uses.
    """

    prior_HK: torch.Tensor
    sum_KK: torch.Tensor

    def __init__(self, width: int, prior_HK: torch.Tensor, caution: float = 1.0) -> None:
        super().__init__()
        self.caution = caution
        self.linear = nn.Linear(width, prior_HK.numel(), bias=False)
        nn.init.zeros_(self.linear.weight)
        self.register_buffer("prior_HK", prior_HK)
        self.register_buffer("sum_KK", torch.from_numpy(sum_matrix(prior_HK.shape[1])))

    def forward(self, seen_BTD: torch.Tensor) -> torch.Tensor:
        """Quantiles of shape (B, T, H, K).

        In memory the quantiles come first and the steps last: whole rows are exponentiated and
        summed, which takes a third of the time.
        """
        levels, (batch, steps) = self.prior_HK.shape[1], seen_BTD.shape[:2]
        weight_KHD = self.linear.weight.view(*self.prior_HK.shape, -1).transpose(0, 1)
        out_ON = weight_KHD.flatten(0, 1) @ seen_BTD.flatten(0, 1).T
        # In float32 whatever the autocast: a sum of gaps loses its digits in bfloat16.
        out_KHN = out_ON.float().view(levels, -1, out_ON.shape[1])
        with torch.autocast(seen_BTD.device.type, enabled=False):
            gaps_GHN = torch.exp(out_KHN[:-1]) * self.prior_HK.diff(dim=1).T[..., None]
            move_HN = out_KHN[-1] if self.training else self.caution * out_KHN[-1]
            median_HN = move_HN + self.prior_HK[:, levels // 2, None]
            q_KM = torch.addmm(median_HN.flatten(), self.sum_KK[:-1].T, gaps_GHN.flatten(1))
        return q_KM.view(levels, -1, batch, steps).permute(2, 3, 1, 0)
