"""From what the network knows to standardised quantiles that cannot cross, in NumPy.

Axes: M ensemble members, S series, D width of what is read, O outputs (H K), H horizons,
K quantiles.
"""

from __future__ import annotations

import numpy as np

__all__ = ["HeadBuffers", "QuantileHead", "sum_matrix"]


class HeadBuffers:
    """Buffers of a head's step, cut into views once; nothing in them is remembered.

    Parameters
    ----------
    seen_MS1D : ndarray of float32, shape (M, S, 1, D + 1)
        Read at every step: the inputs, the hidden state of the last layer, and a 1.
    horizon, levels : int
    """

    def __init__(self, seen_MS1D: np.ndarray, horizon: int, levels: int) -> None:
        members, series = seen_MS1D.shape[:2]
        self.seen_MS1D = seen_MS1D
        self.out_MS1O = np.empty((members, series, 1, horizon * levels), dtype=np.float32)
        self.part_MSHK = self.out_MS1O.reshape(members, series, horizon, levels, copy=False)
        self.gaps = self.part_MSHK[..., :-1]


class QuantileHead:
    """Median plus positive gaps, each the prior's gap times an exponential.

    Of the K outputs a horizon, the last moves the median. The others are logarithms: how much
    wider than the prior's each gap is, from the lowest quantile up.

    Parameters
    ----------
    weight_MDO : ndarray of float32, shape (M, D, H * K)
        For the inputs, then for the hidden state of the last layer.
    prior_HK : ndarray of float32, shape (H, K)
        Increasing quantiles, K odd; the forecast wherever the outputs are zero.
    """

    def __init__(self, weight_MDO: np.ndarray, prior_HK: np.ndarray) -> None:
        self.shape = prior_HK.shape
        log_gaps_HG = np.log(np.diff(prior_HK.astype(np.float64), axis=1))
        median_H1 = prior_HK[:, prior_HK.shape[1] // 2, None]
        prior_O = np.concatenate([log_gaps_HG, median_H1], axis=1, dtype=np.float32).ravel()
        prior_M1O = np.broadcast_to(prior_O, (len(weight_MDO), 1, prior_O.size))
        joined_MDO = np.concatenate([weight_MDO, prior_M1O], axis=1)
        self._weight_M1DO = np.ascontiguousarray(joined_MDO[:, None])
        self._sum_KK = sum_matrix(prior_HK.shape[1])

    def start(self, seen_MS1D: np.ndarray) -> HeadBuffers:
        """Make buffers around the array that is to be read."""
        return HeadBuffers(seen_MS1D, *self.shape)

    def step(self, buffers: HeadBuffers) -> np.ndarray:
        """Quantiles of shape (S, H, K) in float32, averaged over the members."""
        np.matmul(buffers.seen_MS1D, self._weight_M1DO, out=buffers.out_MS1O)
        np.exp(buffers.gaps, out=buffers.gaps)
        z_MSHK: np.ndarray = np.matmul(buffers.part_MSHK, self._sum_KK)
        if len(z_MSHK) == 1:
            only_SHK: np.ndarray = z_MSHK[0]
            return only_SHK
        mean_SHK: np.ndarray = np.add.reduce(z_MSHK, axis=0)
        mean_SHK /= np.float32(len(z_MSHK))
        return mean_SHK


def sum_matrix(levels: int) -> np.ndarray:
    """Matrix that turns gaps and median into quantiles.

    Returns
    -------
    ndarray of float32, shape (K, K)
        Row g is the gap above quantile g: -1 in the columns of the quantiles that it separates
        from a median above it, 1 in those of the quantiles that it separates from a median
        below it. The last row is the median, which enters every quantile.
    """
    gap_G1, level_K, middle = np.arange(levels - 1)[:, None], np.arange(levels), levels // 2
    below_GK = (gap_G1 >= level_K) & (gap_G1 < middle)
    above_GK = (gap_G1 < level_K) & (gap_G1 >= middle)
    sign_GK = above_GK.astype(np.float32) - below_GK.astype(np.float32)
    return np.concatenate([sign_GK, np.ones((1, levels), dtype=np.float32)])
