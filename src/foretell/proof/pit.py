"""Whether forecasts meant what they said: the probability integral transform (PIT).

The PIT of a target is the probability that was given to values at or below it. If the forecasts
are right it is uniform (Diebold, Gunther and Tay, International Economic Review 39, 1998). Axes:
N series and origins together, T instants, H horizons, K levels, J scores, B bins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretell.proof.longrun import cosines, long_run_covariance, mean_by_instant
from foretell.proof.significance import FEWEST_ORIGINS
from foretell.proof.tails import f_tail

__all__ = ["Uniformity", "histogram", "uniformity"]

MOST_SCORES = 4  # place, spread, skewness and peakedness of the PIT


@dataclass(frozen=True)
class Uniformity:
    """Result of the test of uniform PIT at one horizon.

    Attributes
    ----------
    statistic : float
        Distributed as F if the forecasts are right.
    p_value : float
        Small where they are not.
    degrees : tuple of (int, int)
        Of F, above and below.
    """

    statistic: float
    p_value: float
    degrees: tuple[int, int]


def histogram(pit_NH: np.ndarray, bins: int = 10) -> np.ndarray:
    """Share of targets in bins of equal probability, by horizon.

    Parameters
    ----------
    pit_NH : ndarray of float64, shape (N, H)
        From `distribution.cdf`; NaN where the target is not known.
    bins : int

    Returns
    -------
    ndarray of float64, shape (H, B)
        A row sums to one; NaN where no target is known.
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    count_HB = np.array([np.histogram(pit_N[np.isfinite(pit_N)], edges)[0] for pit_N in pit_NH.T])
    known_H1 = count_HB.sum(axis=1, keepdims=True)
    empty_HB = np.full(count_HB.shape, np.nan)
    share_HB: np.ndarray = np.divide(count_HB, known_H1, out=empty_HB, where=known_H1 > 0)
    return share_HB


def uniformity(pit_NH: np.ndarray, times_N: np.ndarray, levels_K: np.ndarray) -> list[Uniformity]:
    """Test by horizon whether targets fell between the quantiles as often as was said.

    Neyman's smooth test on grouped data (Rayner and Best, Smooth Tests of Goodness of Fit, 1989,
    ch. 5): the groups are the gaps between the forecast levels, so nothing rests on how the
    distribution runs between two quantiles. Forecasts of h bars overlap, and their PITs are
    dependent even where every forecast is perfect; the chi-squared test would alarm far too
    often. So the mean scores are judged by their long-run covariance, as Knueppel (Journal of
    Business & Economic Statistics 33, 2015) does with moments, and by F as befits equal-weighted
    cosines. Several series of an instant count as one.

    Parameters
    ----------
    pit_NH : ndarray of float64, shape (N, H)
        From `distribution.cdf`; NaN where the target is not known.
    times_N : ndarray, shape (N,)
        Instant of each origin.
    levels_K : ndarray of float64, shape (K,)

    Returns
    -------
    list of Uniformity
        One a horizon; with a p-value of 0.5 where fewer than 30 instants are known.
    """
    return [
        _uniformity(_scores(pit_N, levels_K), times_N, horizon)
        for horizon, pit_N in enumerate(pit_NH.T, start=1)
    ]


def _uniformity(score_NJ: np.ndarray, times_N: np.ndarray, horizon: int) -> Uniformity:
    score_TJ = mean_by_instant(times_N, score_NJ)
    score_TJ = score_TJ[np.isfinite(score_TJ[:, 0])]
    count = len(score_TJ)
    if count < max(FEWEST_ORIGINS, horizon + 1):
        return Uniformity(0.0, 0.5, (0, 0))
    power = cosines(count, horizon)
    above = min(score_TJ.shape[1], power - 1)
    below = power - above + 1
    mean_J = score_TJ[:, :above].mean(axis=0)
    covariance_JJ = long_run_covariance(score_TJ[:, :above], power)
    distance = float(count * mean_J @ np.linalg.pinv(covariance_JJ) @ mean_J)
    statistic = below / (power * above) * distance  # Hotelling's T^2 as F
    return Uniformity(statistic, f_tail(statistic, above, below), (above, below))


def _scores(pit_N: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Polynomials of the group, orthonormal under the probabilities that the levels give it."""
    edges = np.concatenate([[0.0], levels_K, [1.0]])
    middle_G, mass_G = (edges[1:] + edges[:-1]) / 2.0, np.diff(edges)
    order = min(MOST_SCORES, len(levels_K))
    power_GJ = np.vander(middle_G, order + 1, increasing=True)
    orthogonal_GJ = np.linalg.qr(np.sqrt(mass_G)[:, None] * power_GJ)[0]
    score_GJ = (orthogonal_GJ / np.sqrt(mass_G)[:, None])[:, 1:]
    group_N = np.searchsorted(levels_K, pit_N, side="left").clip(0, len(levels_K))
    return np.where(np.isfinite(pit_N)[:, None], score_GJ[group_N], np.nan)
