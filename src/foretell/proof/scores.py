"""Figures that say how good forecasts were. Pure functions of what was said and what came.

A score of a forecast has the shape of the targets and is NaN where the target is; `scoreboard`
averages. All are in target space, as are the quantiles. Axes: N series and origins together,
T origins in time, H horizons, K quantiles; ``...`` stands for any leading axes.
"""

from __future__ import annotations

import numpy as np

from foretell.proof import distribution

__all__ = [
    "BANDS",
    "absolute_error",
    "band_coverage",
    "band_edges",
    "band_width",
    "interval_score",
    "naive_scale",
    "qlike",
    "skill",
    "squared_error",
    "squared_move",
]

BANDS = (0.5, 0.8, 0.9)


def skill(loss: float, rival: float) -> float:
    """Share of the rival's loss that the forecaster saves; negative where it loses more."""
    return 1.0 - loss / rival if rival > 0.0 else 0.0


def absolute_error(y: np.ndarray, q: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Distance from the median, which is what it is lowest for, shape (...)."""
    error: np.ndarray = np.abs(y - distribution.quantile(q, levels_K, 0.5))
    return error


def squared_error(y: np.ndarray, q: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Squared distance from the mean, which is what it is lowest for, shape (...)."""
    error: np.ndarray = (y - distribution.mean(q, levels_K)) ** 2
    return error


def naive_scale(target_T: np.ndarray, season: int = 1) -> float:
    """Mean absolute error, in its own past, of the forecast that repeats the last season.

    What MASE divides by (Hyndman and Koehler, International Journal of Forecasting 22, 2006).

    Parameters
    ----------
    target_T : ndarray of float64, shape (T,)
        The training span alone, in target space.
    season : int
        Bars in a season; 1 where there is none.
    """
    return float(np.abs(target_T[season:] - target_T[:-season]).mean())


def interval_score(
    y: np.ndarray, q: np.ndarray, levels_K: np.ndarray, coverage: float
) -> np.ndarray:
    """Width of a central band plus a fine for what falls outside.

    Gneiting and Raftery (Journal of the American Statistical Association 102, 2007, eq. 43): the
    distance to the band times ``2 / (1 - coverage)``.

    Parameters
    ----------
    y : ndarray of float64, shape (...)
    q : ndarray of float64, shape (..., K)
    levels_K : ndarray of float64, shape (K,)
    coverage : float
        Nominal, such as 0.8.

    Returns
    -------
    ndarray of float64, shape (...)
    """
    lower, upper = band_edges(q, levels_K, coverage)
    outside = np.maximum(lower - y, 0.0) + np.maximum(y - upper, 0.0)
    score: np.ndarray = upper - lower + 2.0 / (1.0 - coverage) * outside
    return score


def squared_move(q: np.ndarray, levels_K: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Expected squared distance of the target from the last value: the variance, and the drift.

    Parameters
    ----------
    q : ndarray of float64, shape (..., K)
    levels_K : ndarray of float64, shape (K,)
    last : ndarray of float64, shape (...)
        Last value known, in target space.

    Returns
    -------
    ndarray of float64, shape (...)
    """
    drift = distribution.mean(q, levels_K) - last
    expected: np.ndarray = distribution.variance(q, levels_K) + drift**2
    return expected


def qlike(expected: np.ndarray, realised: np.ndarray) -> np.ndarray:
    """Loss of a volatility forecast: ``log(expected) + realised / expected``.

    It ranks forecasts as the true variance would although a squared move is but a noisy measure
    of it (Patton, Journal of Econometrics 160, 2011, table 1). The form is the one that is
    finite where nothing moved, so differences of it mean something and ratios do not.

    Parameters
    ----------
    expected : ndarray of float64, shape (...)
        Such as from `squared_move`; above zero.
    realised : ndarray of float64, shape (...)
        Squared move, or another unbiased measure of the variance.

    Returns
    -------
    ndarray of float64, shape (...)
        NaN where `expected` is zero: no such loss is defined.
    """
    expected = np.where(expected > 0.0, expected, np.nan)
    loss: np.ndarray = np.log(expected) + realised / expected
    return loss


def band_coverage(
    y_NH: np.ndarray, q_NHK: np.ndarray, levels_K: np.ndarray, coverage: float
) -> np.ndarray:
    """Share of targets inside the central band, by horizon.

    Bands whose edges are not among the levels are those of `foretell.forecast.QuantileCurve`. An
    edge counts as inside.

    Parameters
    ----------
    y_NH : ndarray of float64, shape (N, H)
        NaN where the target is not known; such targets do not count.
    q_NHK : ndarray of float64, shape (N, H, K)
    levels_K : ndarray of float64, shape (K,)
    coverage : float
        Nominal, such as 0.8.

    Returns
    -------
    ndarray of float64, shape (H,)
    """
    lower_NH, upper_NH = band_edges(q_NHK, levels_K, coverage)
    inside_NH = (y_NH >= lower_NH) & (y_NH <= upper_NH)
    known_NH = np.isfinite(y_NH)
    count_H, empty_H = known_NH.sum(axis=0), np.full(y_NH.shape[1], np.nan)
    share_H: np.ndarray = np.divide(
        (inside_NH & known_NH).sum(axis=0), count_H, out=empty_H, where=count_H > 0
    )
    return share_H


def band_width(q: np.ndarray, levels_K: np.ndarray, coverage: float) -> np.ndarray:
    """Width of the central band in target space, shape (...)."""
    lower, upper = band_edges(q, levels_K, coverage)
    width: np.ndarray = upper - lower
    return width


def band_edges(
    q: np.ndarray, levels_K: np.ndarray, coverage: float
) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper edge of the central band, shape (...) each, of quantiles of (..., K)."""
    half = coverage / 2.0
    return (
        distribution.quantile(q, levels_K, 0.5 - half),
        distribution.quantile(q, levels_K, 0.5 + half),
    )
