"""The loss: mean pinball over quantiles, horizons and known targets."""

from __future__ import annotations

import torch

__all__ = ["PinballLoss"]


class PinballLoss:
    """Weighted mean pinball loss (Koenker and Bassett, Econometrica 46, 1978).

    Parameters
    ----------
    levels_K : Tensor, shape (K,)
        Quantile levels.
    weight_H : Tensor, shape (H,)
        Weight of each horizon.
    """

    def __init__(self, levels_K: torch.Tensor, weight_H: torch.Tensor) -> None:
        self._levels_K = levels_K
        self._weight_H = weight_H

    def sums(self, q_BTHK: torch.Tensor, z_BTH: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Weighted sum of losses and of weights over the known targets."""
        known_BTH = torch.isfinite(z_BTH)
        error_BTHK = torch.nan_to_num(z_BTH)[..., None] - q_BTHK
        pinball_BTHK = torch.maximum(
            self._levels_K * error_BTHK, (self._levels_K - 1.0) * error_BTHK
        )
        weight_BTH = known_BTH * self._weight_H
        return (pinball_BTHK.mean(-1) * weight_BTH).sum(), weight_BTH.sum()

    def __call__(self, q_BTHK: torch.Tensor, z_BTH: torch.Tensor) -> torch.Tensor:
        """Weighted mean loss; the targets must hold a known one."""
        total, weight = self.sums(q_BTHK, z_BTH)
        return total / weight
