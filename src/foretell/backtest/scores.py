"""Figures that say how good forecasts were. Pure functions of what was said and what came.

Axes: N series and origins together, T origins in time, H horizons, K quantiles.
"""

from __future__ import annotations

import numpy as np

__all__ = ["BANDS", "band_coverage", "skill"]

BANDS = (0.5, 0.8, 0.9)


def skill(loss: float, rival: float) -> float:
    """Share of the rival's loss that the forecaster saves; negative where it loses more."""
    return 1.0 - loss / rival if rival > 0.0 else 0.0


def band_coverage(
    y_NH: np.ndarray, q_NHK: np.ndarray, levels_K: np.ndarray, coverage: float
) -> np.ndarray:
    """Share of targets inside the central band, by horizon.

    Bands whose edges are not among the levels are interpolated in target space, as
    `foretell.forecast.QuantileCurve` does. An edge counts as inside.

    Parameters
    ----------
    y_NH : ndarray of float64, shape (N, H)
        NaN where the target is not known; such targets do not count.
    q_NHK : ndarray of float64, shape (N, H, K)
    levels_K : ndarray of float64, shape (K,)
        Must reach as far out as the band.
    coverage : float
        Nominal, such as 0.8.

    Returns
    -------
    ndarray of float64, shape (H,)
    """
    lower_NH, upper_NH = (
        _at(level, q_NHK, levels_K) for level in ((1.0 - coverage) / 2.0, (1.0 + coverage) / 2.0)
    )
    inside_NH = (y_NH >= lower_NH) & (y_NH <= upper_NH)
    known_NH = np.isfinite(y_NH)
    share_H: np.ndarray = (inside_NH & known_NH).sum(axis=0) / known_NH.sum(axis=0)
    return share_H


def _at(level: float, q_NHK: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    right = int(np.clip(np.searchsorted(levels_K, level - 1e-12), 1, len(levels_K) - 1))
    span = levels_K[right] - levels_K[right - 1]
    share = float((level - levels_K[right - 1]) / span)
    edge: np.ndarray = (1.0 - share) * q_NHK[..., right - 1] + share * q_NHK[..., right]
    return edge
