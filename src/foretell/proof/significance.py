"""Whether one forecaster's losses are lower than another's by more than chance.

Axes: T origins in time, M comparisons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from foretell.proof.longrun import cosines, long_run_covariance
from foretell.proof.tails import t_tail

__all__ = [
    "FEWEST_ORIGINS",
    "SIGNIFICANCE",
    "DieboldMariano",
    "diebold_mariano",
    "harvey_leybourne_newbold",
    "holm",
    "standard_error",
]

FEWEST_ORIGINS = 30
SIGNIFICANCE = 0.05  # a smaller p-value is called more than chance


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

    @property
    def two_sided(self) -> float:
        """Probability of a statistic at least as far from zero, if the two were equally good."""
        return 2.0 * min(self.p_value, 1.0 - self.p_value)


def diebold_mariano(loss_T: np.ndarray, rival_T: np.ndarray, horizon: int) -> DieboldMariano:
    """Test whether a forecaster's expected loss is lower than its rival's.

    Diebold and Mariano (Journal of Business & Economic Statistics 13, 1995), with the correction
    of Harvey, Leybourne and Newbold (International Journal of Forecasting 13, 1997, eq. 9). The
    variance is the equal-weighted cosine estimate with its t distribution, which keeps its size
    where forecasts overlap and where differences are autocorrelated beyond the overlap
    (`benchmarks/dm_size.py`).

    Parameters
    ----------
    loss_T, rival_T : ndarray of float64, shape (T,)
        Losses at the same origins, in order of time.
    horizon : int
        Most bars ahead that a loss looks.

    Returns
    -------
    DieboldMariano
        With a p-value of 0.5 where there are fewer than 30 origins, no more origins than bars
        ahead, or no differences.
    """
    difference_T = rival_T - loss_T
    count = len(difference_T)
    if count < max(FEWEST_ORIGINS, horizon + 1):
        return DieboldMariano(0.0, 0.5, 0)
    degrees = cosines(count, horizon)
    variance = float(long_run_covariance(difference_T[:, None], degrees)[0, 0])
    return _result(difference_T, variance, horizon, degrees)


def harvey_leybourne_newbold(
    loss_T: np.ndarray, rival_T: np.ndarray, horizon: int
) -> DieboldMariano:
    """Diebold-Mariano test exactly as Harvey, Leybourne and Newbold (1997) wrote it.

    The variance adds the autocovariances up to lag ``horizon - 1``, all of the same weight, as
    befits optimal forecasts; the distribution is Student's t with ``T - 1`` degrees of freedom.
    It can come out negative. Then the weights are Bartlett's, which cannot (Diebold and Mariano
    1995, sec. 1.1, name both).

    For comparison with other software. `diebold_mariano` is what verdicts rest on: this one
    finds differences too often where they are autocorrelated beyond the overlap, or where
    origins are few for the horizon.

    Parameters
    ----------
    loss_T, rival_T : ndarray of float64, shape (T,)
        Losses at the same origins, in order of time.
    horizon : int

    Returns
    -------
    DieboldMariano
        With a p-value of 0.5 where there are no more origins than bars ahead or no differences.
    """
    difference_T = rival_T - loss_T
    count = len(difference_T)
    if count <= horizon:
        return DieboldMariano(0.0, 0.5, 0)
    covariance_L = _autocovariances(difference_T, horizon)
    variance = float(covariance_L[0] + 2.0 * covariance_L[1:].sum())
    if variance <= 0.0:
        bartlett_L = 1.0 - np.arange(horizon) / horizon
        variance = float(covariance_L[0] + 2.0 * (bartlett_L * covariance_L)[1:].sum())
    return _result(difference_T, variance, horizon, count - 1)


def holm(p_M: Sequence[float]) -> list[float]:
    """Adjust p-values for their number by Holm's step-down (Scand. J. Statistics 6, 1979).

    The chance that any true null is rejected at a level stays below it, whatever the dependence.

    Parameters
    ----------
    p_M : list of float

    Returns
    -------
    list of float
        In the order given.
    """
    adjusted, highest = [0.0] * len(p_M), 0.0
    for rank, place in enumerate(sorted(range(len(p_M)), key=lambda each: p_M[each])):
        highest = max(highest, min(1.0, (len(p_M) - rank) * p_M[place]))
        adjusted[place] = highest
    return adjusted


def standard_error(variance: float, count: int, horizon: int) -> float:
    """Of a mean over `count` origins that look `horizon` bars ahead.

    Parameters
    ----------
    variance : float
        Long-run variance of what is averaged.
    count, horizon : int
    """
    # Harvey, Leybourne and Newbold (1997), eq. 9: (T + 1 - 2h + h (h - 1) / T) / T
    correction = (count - horizon) * (count - horizon + 1) / count**2
    return sqrt(variance / count / correction)


def _result(
    difference_T: np.ndarray, variance: float, horizon: int, degrees: int
) -> DieboldMariano:
    count, mean = len(difference_T), float(difference_T.mean())
    if not variance > 0.0:
        return DieboldMariano(0.0, 0.5, degrees)
    statistic = mean / standard_error(variance, count, horizon)
    return DieboldMariano(statistic, t_tail(statistic, degrees), degrees)


def _autocovariances(value_T: np.ndarray, lags: int) -> np.ndarray:
    count = len(value_T)
    centred_T = value_T - value_T.mean()
    return np.array([centred_T[lag:] @ centred_T[: count - lag] / count for lag in range(lags)])
