"""The loss that everything here is chosen and judged by."""

from __future__ import annotations

import numpy as np

__all__ = ["pinball"]


def pinball(y: np.ndarray, q: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Mean pinball loss over quantile levels (Koenker and Bassett, Econometrica 46, 1978).

    Parameters
    ----------
    y : ndarray, shape (...)
        What came.
    q : ndarray, shape (..., K)
        Quantiles that were forecast.
    levels_K : ndarray, shape (K,)

    Returns
    -------
    ndarray, shape (...)
        In the units of `y`; NaN where `y` is.
    """
    error = y[..., None] - q
    loss: np.ndarray = np.maximum(levels_K * error, (levels_K - 1.0) * error).mean(axis=-1)
    return loss
