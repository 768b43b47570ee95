"""Whether one forecaster's losses are lower than another's by more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite, lgamma, log, pi, sqrt

import numpy as np

__all__ = ["DieboldMariano", "diebold_mariano"]

FEWEST_ORIGINS = 30


@dataclass(frozen=True)
class DieboldMariano:
    """Result of the test.

    Attributes
    ----------
    statistic : float
        Mean loss difference over its standard error; positive where the rival loses more.
    p_value : float
        One-sided: probability of a statistic at least as large if the rival were as good.
    degrees : int
        Degrees of freedom of Student's t.
    """

    statistic: float
    p_value: float
    degrees: int


def diebold_mariano(loss_T: np.ndarray, rival_T: np.ndarray, horizon: int) -> DieboldMariano:
    """Test whether a forecaster's expected loss is lower than its rival's.

    Diebold and Mariano (Journal of Business & Economic Statistics 13, 1995). The variance is the
    equal-weighted cosine estimate with its t distribution (Lazarus, Lewis, Stock and Watson,
    same journal 36, 2018), which keeps its size where forecasts overlap: about
    ``0.4 T^(2/3)`` cosines, and no more than ``T / (2 horizon)``, so that all lie well below the
    frequency at which overlapping windows repeat.

    Parameters
    ----------
    loss_T, rival_T : ndarray of float64, shape (T,)
        Losses at the same origins, in order of time.
    horizon : int
        Most bars ahead that a loss looks.

    Returns
    -------
    DieboldMariano
        With a p-value of 0.5 where there are fewer than 30 origins or no differences.
    """
    difference_T = rival_T - loss_T
    count = len(difference_T)
    if count < FEWEST_ORIGINS:
        return DieboldMariano(0.0, 0.5, 0)
    degrees = int(max(3.0, min(0.4 * count ** (2 / 3), count / (2 * horizon))))
    mean = float(difference_T.mean())
    variance = _long_run_variance(difference_T - mean, degrees)
    if not variance > 0.0:
        return DieboldMariano(0.0, 0.5, degrees)
    statistic = mean / sqrt(variance / count)
    return DieboldMariano(statistic, _upper_tail(statistic, degrees), degrees)


def _long_run_variance(centred_T: np.ndarray, cosines: int) -> float:
    """Average power at the lowest frequencies (Lazarus et al. 2018, eq. 10)."""
    count = len(centred_T)
    middle_T = (np.arange(count) + 0.5) / count
    basis_BT = np.cos(pi * np.arange(1, cosines + 1)[:, None] * middle_T)
    weight_B = sqrt(2.0 / count) * (basis_BT * centred_T).sum(axis=1)
    return float((weight_B**2).mean())


def _upper_tail(statistic: float, degrees: int) -> float:
    """P(T > statistic) for Student's t, by Simpson's rule: the base install has no SciPy.

    With ``x = sqrt(degrees) tan(a)`` the density becomes a power of a cosine over a finite
    range, which Simpson's rule integrates to ten digits.
    """
    if not isfinite(statistic):
        return 0.0 if statistic > 0 else 1.0
    angle = float(np.arctan(statistic / sqrt(degrees)))
    grid = np.linspace(angle, pi / 2.0, 2001)
    values = np.cos(grid) ** (degrees - 1)
    step = (grid[-1] - grid[0]) / 2000.0
    integral = (
        step
        / 3.0
        * (values[0] + 4.0 * values[1::2].sum() + 2.0 * values[2:-1:2].sum() + values[-1])
    )
    log_scale = lgamma((degrees + 1) / 2.0) - lgamma(degrees / 2.0) - 0.5 * log(pi)
    return float(min(1.0, max(0.0, exp(log_scale) * integral)))
