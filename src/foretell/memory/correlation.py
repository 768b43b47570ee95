"""Pearson's correlation of many units with one thing. Axes: N places, U units."""

from __future__ import annotations

import numpy as np

__all__ = ["correlations"]


def correlations(value_NU: np.ndarray, other_N: np.ndarray) -> np.ndarray:
    """Correlate each unit with a thing; 0 where one of the two does not move.

    Returns
    -------
    ndarray of float64, shape (U,)
    """
    value_NU = value_NU - value_NU.mean(axis=0, dtype=np.float64)
    other_N = other_N - other_N.mean()
    spread_U = np.sqrt((value_NU**2).sum(axis=0) * (other_N**2).sum())
    product_U = other_N @ value_NU
    found_U: np.ndarray = np.divide(
        product_U, spread_U, out=np.zeros_like(product_U), where=spread_U > 0.0
    )
    return found_U
