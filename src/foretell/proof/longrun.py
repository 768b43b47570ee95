"""How sure a mean is where what it averages is not independent: forecasts overlap.

The variance is the equal-weighted cosine estimate (EWC) of Lazarus, Lewis, Stock and Watson
(Journal of Business & Economic Statistics 36, 2018). Axes: T instants in order of time, J series
that are tested together, B cosines.
"""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

__all__ = ["cosines", "long_run_covariance", "mean_by_instant"]


def cosines(count: int, horizon: int) -> int:
    """Number of cosines for `count` instants, and so the degrees of freedom of a test.

    About ``0.4 T^(2/3)``, and no more than ``T / (2 horizon)``, so that all lie well below the
    frequency at which overlapping windows repeat; at least 3.
    """
    return int(max(3.0, min(0.4 * count ** (2 / 3), count / (2 * horizon))))


def long_run_covariance(value_TJ: np.ndarray, cosines: int) -> np.ndarray:
    """Covariance of ``sqrt(T)`` times the mean (Lazarus et al. 2018, eq. 10).

    Parameters
    ----------
    value_TJ : ndarray of float64, shape (T, J)
        Their means need not be zero: cosines do not see them.
    cosines : int

    Returns
    -------
    ndarray of float64, shape (J, J)
    """
    count = len(value_TJ)
    middle_T = (np.arange(count) + 0.5) / count
    basis_BT = np.cos(pi * np.arange(1, cosines + 1)[:, None] * middle_T)
    weight_BJ = sqrt(2.0 / count) * basis_BT @ (value_TJ - value_TJ.mean(axis=0))
    covariance_JJ: np.ndarray = weight_BJ.T @ weight_BJ / cosines
    return covariance_JJ


def mean_by_instant(times_N: np.ndarray, value_NJ: np.ndarray) -> np.ndarray:
    """Mean over the series of each instant: series of one moment are not independent.

    Parameters
    ----------
    times_N : ndarray, shape (N,)
        Instant of each row.
    value_NJ : ndarray of float64, shape (N, J)
        NaN where nothing is known; that does not count.

    Returns
    -------
    ndarray of float64, shape (T, J)
        In order of time; NaN where nothing is known of an instant.
    """
    instants_T, place_N = np.unique(times_N, return_inverse=True)
    total_TJ, known_TJ = np.zeros((2, len(instants_T), value_NJ.shape[1]))
    np.add.at(total_TJ, place_N, np.nan_to_num(value_NJ, nan=0.0))
    np.add.at(known_TJ, place_N, np.isfinite(value_NJ))
    empty_TJ = np.full(total_TJ.shape, np.nan)
    mean_TJ: np.ndarray = np.divide(total_TJ, known_TJ, out=empty_TJ, where=known_TJ > 0.0)
    return mean_TJ
