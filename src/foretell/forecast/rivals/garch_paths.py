"""Quantiles of simulated GARCH paths, for thousands of origins at the price of a few dozen.

With the parameters and the innovations fixed, the distribution of the next H changes depends on
the origin through one number, the variance of the first of them. So paths are simulated from the
nodes of a fixed grid of variances, and the quantiles, in units of the first step's volatility,
are read off between two nodes on a straight line.

Axes: T origins, G nodes, P paths, H horizons, K quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from typing import Protocol

import numpy as np

from foretell.forecast.rivals.extras import extra

__all__ = ["Parameters", "innovations", "path_quantiles", "simulate"]

PATHS_LOG2 = 13  # 8,192 paths
# Between two nodes, of the log of the variance. A straight line is then off by a tenth of the noise
# of the paths at most.
STEP = 0.05
BLOCK = 16  # nodes simulated at once: their paths then stay in the processor's cache


class Parameters(Protocol):
    """What a path depends on, as in `foretell.forecast.rivals.garch`."""

    @property
    def mu(self) -> float:
        """Mean of a change."""

    @property
    def omega(self) -> float:
        """Constant of the variance."""

    @property
    def alpha(self) -> float:
        """Reaction to any shock."""

    @property
    def gamma(self) -> float:
        """More of it after a fall."""

    @property
    def beta(self) -> float:
        """Persistence."""


def innovations(
    nu: float, horizon: int, seed: Rows[int], paths_log2: int = PATHS_LOG2
) -> np.ndarray:
    """Return standardised t draws for ``2**paths_log2`` paths, shape (H, P).

    They come from a scrambled Sobol sequence: its points fill the H-dimensional cube evenly, so
    quantiles over the paths are far less noisy than with as many independent draws.
    """
    qmc = extra("scipy.stats.qmc", "GJR-GARCH-t")
    stats = extra("scipy.stats", "GJR-GARCH-t")
    cube = qmc.Sobol(horizon, rng=np.random.default_rng(seed))
    # A scrambled point may be exactly zero, whose quantile is minus infinity.
    uniform_PH = np.clip(cube.random_base2(paths_log2), 1e-9, 1 - 1e-9)
    z_PH = stats.t.ppf(uniform_PH, nu) * np.sqrt((nu - 2) / nu)
    return np.ascontiguousarray(z_PH.T)


def path_quantiles(
    garch: Parameters, variance_T: np.ndarray, z_HP: np.ndarray, levels_K: np.ndarray
) -> np.ndarray:
    """Quantiles of the changes summed over the next 1 to H steps.

    Parameters
    ----------
    garch : Parameters
    variance_T : ndarray of float64, shape (T,)
        Variance of the first step after each origin.
    z_HP : ndarray of float64, shape (H, P)
        Innovations, shared by all origins.
    levels_K : ndarray of float64, shape (K,)

    Returns
    -------
    ndarray of float64, shape (T, H, K)
    """
    place_T = np.log(variance_T) / STEP
    below_T = np.floor(place_T)
    node_G, at_2T = np.unique(np.stack([below_T, below_T + 1]), return_inverse=True)
    variance_G = np.exp(STEP * node_G)
    q_GHK = simulate(garch, variance_G, z_HP, levels_K) / np.sqrt(variance_G)[:, None, None]
    low_THK, high_THK = q_GHK[at_2T[0]], q_GHK[at_2T[1]]
    unit_THK = low_THK + (place_T - below_T)[:, None, None] * (high_THK - low_THK)
    mean_H1 = garch.mu * np.arange(1, len(z_HP) + 1)[:, None]
    q_THK = mean_H1 + np.sqrt(variance_T)[:, None, None] * unit_THK
    # The last bit of an interpolated quantile may be below that of the one before.
    return np.maximum.accumulate(q_THK, axis=-1)


def simulate(
    garch: Parameters, variance_G: np.ndarray, z_HP: np.ndarray, levels_K: np.ndarray
) -> np.ndarray:
    """Simulate from each variance; quantiles of the sums without their mean, shape (G, H, K)."""
    blocks = [variance_G[at : at + BLOCK] for at in range(0, len(variance_G), BLOCK)]
    return np.concatenate([_simulate_block(garch, block, z_HP, levels_K) for block in blocks])


def _simulate_block(
    garch: Parameters, variance_G: np.ndarray, z_HP: np.ndarray, levels_K: np.ndarray
) -> np.ndarray:
    variance_GP = np.repeat(variance_G[:, None], z_HP.shape[1], axis=1)
    total_GP = np.zeros_like(variance_GP)
    q_HGK = []
    for z_P in z_HP:
        residual_GP = np.sqrt(variance_GP) * z_P
        total_GP += residual_GP
        q_HGK.append(_quantiles(total_GP, levels_K))
        # The sign of a residual is that of its innovation, so one factor serves all nodes.
        factor_P = garch.alpha + garch.gamma * (z_P < 0)
        variance_GP = garch.omega + factor_P * residual_GP**2 + garch.beta * variance_GP
    return np.stack(q_HGK, axis=1)


def _quantiles(value_GP: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """As np.quantile over paths; sorting first is several times faster than it."""
    sorted_GP = np.sort(value_GP, axis=1)
    position_K = levels_K * (sorted_GP.shape[1] - 1)
    below_K = np.floor(position_K).astype(np.intp)
    low_GK, high_GK = sorted_GP[:, below_K], sorted_GP[:, below_K + 1]
    quantile_GK: np.ndarray = low_GK + (position_K - below_K) * (high_GK - low_GK)
    return quantile_GK
