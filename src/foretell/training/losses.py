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
        slope_BTHK, weight = self._slope(q_BTHK, z_BTH)
        over_BTHK = q_BTHK - torch.nan_to_num(z_BTH)[..., None]
        return (over_BTHK * slope_BTHK).sum(), weight

    def gradient(self, q_BTHK: torch.Tensor, z_BTH: torch.Tensor) -> torch.Tensor:
        """Derivative of the weighted mean loss by every quantile, of the shape of `q_BTHK`.

        The loss is linear on either side of the target, so this is all that back-propagation
        needs; the targets must hold a known one.
        """
        slope_BTHK, weight = self._slope(q_BTHK, z_BTH)
        return slope_BTHK.div_(weight)

    @torch.no_grad()
    def _slope(
        self, q_BTHK: torch.Tensor, z_BTH: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Slope of the weighted loss at every quantile, and the sum of the weights."""
        weight_BTH = torch.isfinite(z_BTH) * self._weight_H
        slope_BTHK = (q_BTHK > z_BTH[..., None]).to(q_BTHK.dtype).sub_(self._levels_K)
        slope_BTHK *= weight_BTH[..., None] / len(self._levels_K)
        return slope_BTHK, weight_BTH.sum()
