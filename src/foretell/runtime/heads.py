"""From what the network knows to standardised quantiles that cannot cross, in NumPy.

Axes: M ensemble members, S series, D width of what is read, H horizons, K quantiles.
"""

from __future__ import annotations

import numpy as np

__all__ = ["QuantileHead"]


class QuantileHead:
    """Median plus positive gaps outwards, each the prior's gap times an exponential.

    Of the K outputs a horizon, the first moves the median. The others are logarithms: how much
    wider than the prior's each gap is, first those below the median from the middle outwards,
    then those above.

    Parameters
    ----------
    weight_MDO : ndarray of float32, shape (M, D, H * K)
    prior_HK : ndarray of float32, shape (H, K)
        Increasing quantiles, K odd; the forecast wherever the outputs are zero.
    """

    def __init__(self, weight_MDO: np.ndarray, prior_HK: np.ndarray) -> None:
        self._weight_M1DO = np.ascontiguousarray(weight_MDO[:, None])
        self._shape_HK = prior_HK.shape
        self._middle = middle = prior_HK.shape[1] // 2
        self._median_H1 = np.ascontiguousarray(prior_HK[:, middle, None])
        gap_HG = np.diff(prior_HK, axis=1)
        below_HG, above_HG = -gap_HG[:, middle - 1 :: -1], gap_HG[:, middle:]
        self._gap_H2G = np.stack([below_HG, above_HG], axis=1)

    def step(self, seen_MSD: np.ndarray) -> np.ndarray:
        """Quantiles of shape (S, H, K) in float32, averaged over the members."""
        out_MSO = np.matmul(seen_MSD[:, :, None], self._weight_M1DO)[:, :, 0]
        out_MSHK = out_MSO.reshape(*out_MSO.shape[:2], *self._shape_HK)
        median_MSH1 = out_MSHK[..., :1] + self._median_H1
        away_MSHG = np.exp(out_MSHK[..., 1:])
        away_MSH2G = away_MSHG.reshape(*away_MSHG.shape[:3], *self._gap_H2G.shape[1:])
        away_MSH2G *= self._gap_H2G
        away_MSH2G = np.add.accumulate(away_MSH2G, axis=-1)
        away_MSH2G += median_MSH1[..., None]
        z_MSHK, middle = out_MSHK, self._middle
        z_MSHK[..., :middle] = away_MSH2G[..., 0, ::-1]
        z_MSHK[..., middle : middle + 1] = median_MSH1
        z_MSHK[..., middle + 1 :] = away_MSH2G[..., 1, :]
        if len(z_MSHK) == 1:
            return z_MSHK[0]
        mean_SHK: np.ndarray = np.add.reduce(z_MSHK, axis=0)
        mean_SHK /= np.float32(len(z_MSHK))
        return mean_SHK
