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
        weight_BTH = known_BTH * self._weight_H
        over_BTHK = q_BTHK - torch.nan_to_num(z_BTH)[..., None]
        # The loss is linear on either side of the target: its slope times the distance. Taking
        # the slope as a constant gives autograd the exact gradient in one product.
        with torch.no_grad():
            slope_BTHK = (over_BTHK > 0).float() - self._levels_K
            slope_BTHK *= weight_BTH[..., None] / len(self._levels_K)
        return (over_BTHK * slope_BTHK).sum(), weight_BTH.sum()

    def __call__(self, q_BTHK: torch.Tensor, z_BTH: torch.Tensor) -> torch.Tensor:
        """Weighted mean loss; the targets must hold a known one."""
        total, weight = self.sums(q_BTHK, z_BTH)
        return total / weight
