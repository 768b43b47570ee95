"""Whether the direction was told right, and how sure that is.

Axes: N series and origins together, T instants, H horizons.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from foretell.proof.longrun import cosines, long_run_covariance
from foretell.proof.significance import FEWEST_ORIGINS
from foretell.proof.tails import t_quantile, t_tail

__all__ = ["Direction", "directional_accuracy"]


@dataclass(frozen=True)
class Direction:
    """Directional accuracy at one horizon.

    Attributes
    ----------
    accuracy : float
        Share of directions told right, where one was told and the value moved; NaN if never.
    lower, upper : float
        Confidence interval of the accuracy.
    told : float
        Share of origins with known targets where a direction was told and the value moved.
    p_value : float
        One-sided: probability of telling directions at least as well if they were independent
        of what came. An accuracy above one half alone shows no skill: whoever says "up" every
        day of a rising market has it too.
    """

    accuracy: float
    lower: float
    upper: float
    told: float
    p_value: float


def directional_accuracy(
    median_NH: np.ndarray,
    y_NH: np.ndarray,
    last_N: np.ndarray,
    times_N: np.ndarray,
    confidence: float = 0.95,
) -> list[Direction]:
    """Accuracy of the median's side of the last value, by horizon.

    A median that equals the last value tells no direction, and a target that does has none;
    such origins are left out, and `Direction.told` says how many remain. The interval is Wilson's
    (Journal of the American Statistical Association 22, 1927) for as many independent trials as
    the origins are worth, which overlap and whose series move together. The p-value is that of
    Pesaran and Timmermann's test (Journal of Business & Economic Statistics 10, 1992): their
    statistic, the accuracy less that of independent directions, is twice the covariance of the
    two; here its standard error too allows for dependence.

    Parameters
    ----------
    median_NH, y_NH : ndarray of float64, shape (N, H)
        What was said and what came, in the same space; NaN where a target is not known.
    last_N : ndarray of float64, shape (N,)
        Last value known at each origin.
    times_N : ndarray, shape (N,)
        Instant of each origin.
    confidence : float

    Returns
    -------
    list of Direction
        One a horizon. With fewer than 30 instants the interval is from 0 to 1 and p is 0.5.
    """
    said_NH, came_NH = np.sign(median_NH - last_N[:, None]), np.sign(y_NH - last_N[:, None])
    return [
        _direction(said_N, came_N, times_N, horizon, confidence)
        for horizon, (said_N, came_N) in enumerate(zip(said_NH.T, came_NH.T, strict=True), start=1)
    ]


def _direction(
    said_N: np.ndarray, came_N: np.ndarray, times_N: np.ndarray, horizon: int, confidence: float
) -> Direction:
    known_N = np.isfinite(came_N) & np.isfinite(said_N)
    told_N = known_N & (said_N * came_N != 0.0)
    if not told_N.any():
        return Direction(np.nan, 0.0, 1.0, 0.0, 0.5)
    said_N, came_N, times_N = said_N[told_N], came_N[told_N], times_N[told_N]
    hit_N = said_N == came_N
    accuracy, told = float(hit_N.mean()), float(told_N.sum() / known_N.sum())
    count = len(np.unique(times_N))
    if count < max(FEWEST_ORIGINS, horizon + 1):
        return Direction(accuracy, 0.0, 1.0, told, 0.5)
    degrees = cosines(count, horizon)
    error = _standard_error(hit_N - accuracy, times_N, degrees)
    # hits or misses only: nothing shows how dependent they are but that forecasts overlap
    trials = accuracy * (1.0 - accuracy) / error**2 if error > 0.0 else count / horizon
    lower, upper = _wilson(accuracy, trials, t_quantile(0.5 + confidence / 2.0, degrees))
    covaried_N = (said_N - said_N.mean()) * (came_N - came_N.mean())
    return Direction(accuracy, lower, upper, told, _p_value(covaried_N, times_N, degrees))


def _wilson(share: float, trials: float, quantile: float) -> tuple[float, float]:
    """Interval of a share from the number of independent trials that are worth as much."""
    square = quantile**2 / trials
    centre = (share + square / 2.0) / (1.0 + square)
    reach = sqrt(share * (1.0 - share) * square + square**2 / 4.0) / (1.0 + square)
    return max(0.0, centre - reach), min(1.0, centre + reach)


def _p_value(covaried_N: np.ndarray, times_N: np.ndarray, degrees: int) -> float:
    mean = float(covaried_N.mean())
    error = _standard_error(covaried_N - mean, times_N, degrees)
    return t_tail(mean / error, degrees) if error > 0.0 else 0.5


def _standard_error(centred_N: np.ndarray, times_N: np.ndarray, degrees: int) -> float:
    """Of the mean over all rows: sums of instants, which may have different numbers of rows."""
    instants_T, place_N = np.unique(times_N, return_inverse=True)
    sum_T = np.bincount(place_N, weights=centred_N)
    variance = float(long_run_covariance(sum_T[:, None], degrees)[0, 0])
    return sqrt(variance * len(instants_T)) / len(centred_N)
