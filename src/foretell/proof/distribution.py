"""Distributions known by their quantiles, many at once: what scores need of them.

The distribution is that of `foretell.forecast.QuantileCurve`: between two levels the quantile
function is a straight line in target space, beyond the outermost levels it has exponential tails
whose slope continues that of the last gap. Every figure here is exact for it, without sampling
or quadrature. Axes: K levels, G gaps between levels; ``...`` stands for any leading axes.
"""

from __future__ import annotations

import numpy as np

from foretell.forecast import means

__all__ = ["cdf", "crps", "mean", "quantile", "variance"]


def quantile(q: np.ndarray, levels_K: np.ndarray, level: float) -> np.ndarray:
    """Quantile at any level strictly between 0 and 1.

    Parameters
    ----------
    q : ndarray of float64, shape (..., K)
        Quantiles in target space, not decreasing.
    levels_K : ndarray of float64, shape (K,)
    level : float

    Returns
    -------
    ndarray of float64, shape (...)
    """
    lower, upper = _tails(q, levels_K)
    hair = 1e-12  # (1 - 0.9) / 2 is a little more than 0.05
    if level < levels_K[0] - hair:
        low: np.ndarray = q[..., 0] + lower * np.log(level / levels_K[0])
        return low
    if level > levels_K[-1] + hair:
        high: np.ndarray = q[..., -1] - upper * np.log((1.0 - level) / (1.0 - levels_K[-1]))
        return high
    right = int(np.clip(np.searchsorted(levels_K, level - hair), 1, len(levels_K) - 1))
    share = (level - levels_K[right - 1]) / (levels_K[right] - levels_K[right - 1])
    inside: np.ndarray = (1.0 - share) * q[..., right - 1] + share * q[..., right]
    return inside


def cdf(y: np.ndarray, q: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Probability of a value at or below `y`: the probability integral transform of a target.

    Parameters
    ----------
    y : ndarray of float64, shape (...)
    q : ndarray of float64, shape (..., K)
    levels_K : ndarray of float64, shape (K,)

    Returns
    -------
    ndarray of float64, shape (...)
        NaN where `y` is.
    """
    lower, upper = _tails(q, levels_K)
    left = np.clip((q <= y[..., None]).sum(axis=-1) - 1, 0, len(levels_K) - 2)
    q_left, q_right = (
        np.take_along_axis(q, place[..., None], axis=-1)[..., 0] for place in (left, left + 1)
    )
    gap = levels_K[left + 1] - levels_K[left]
    inside = levels_K[left] + gap * np.clip(_share(y - q_left, q_right - q_left), 0.0, 1.0)
    below = levels_K[0] * _decay(q[..., 0] - y, lower)
    above = 1.0 - (1.0 - levels_K[-1]) * _decay(y - q[..., -1], upper)
    probability: np.ndarray = np.select([y < q[..., 0], y >= q[..., -1]], [below, above], inside)
    probability[np.isnan(y)] = np.nan
    return probability


def mean(q: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Mean in target space, shape (...)."""
    return means(levels_K, q, log=False)


def variance(q: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Variance in target space, shape (...): the square of the quantile function, integrated."""
    middle = q[..., [len(levels_K) // 2]]  # logs of prices are far from zero for how they spread
    away = q - middle
    lower, upper = _tails(away, levels_K)
    left, right = away[..., :-1], away[..., 1:]
    inside = (np.diff(levels_K) * (left**2 + left * right + right**2) / 3.0).sum(axis=-1)
    first, last = away[..., 0], away[..., -1]
    below = levels_K[0] * (first**2 - 2.0 * lower * first + 2.0 * lower**2)
    above = (1.0 - levels_K[-1]) * (last**2 + 2.0 * upper * last + 2.0 * upper**2)
    spread: np.ndarray = inside + below + above - mean(away, levels_K) ** 2
    return spread


def crps(y: np.ndarray, q: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score (Matheson and Winkler, Management Science 22, 1976).

    The integral of ``(F(x) - 1{x >= y})^2`` over x, piece by piece: F is linear between two
    quantiles, exponential beyond the outermost. It equals twice the integral of the pinball loss
    over *all* levels (Gneiting and Raftery, JASA 102, 2007, sec. 4.2), not over the given ones.

    Parameters
    ----------
    y : ndarray of float64, shape (...)
    q : ndarray of float64, shape (..., K)
    levels_K : ndarray of float64, shape (K,)

    Returns
    -------
    ndarray of float64, shape (...)
        In the units of `y`; NaN where `y` is.
    """
    lower, upper = _tails(q, levels_K)
    below, above = levels_K[0], 1.0 - levels_K[-1]
    total: np.ndarray = (
        _tail_score(q[..., 0] - y, lower, below)
        + _inside_score(y, q, levels_K)
        + _tail_score(y - q[..., -1], upper, above)
    )
    return total


def _inside_score(y: np.ndarray, q: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Integral over the gaps: that of F^2 up to the target, that of (1 - F)^2 from there."""
    left, right = q[..., :-1], q[..., 1:]
    low_G, high_G = levels_K[:-1], levels_K[1:]
    split = np.clip(y[..., None], left, right)
    at = low_G + (high_G - low_G) * _share(split - left, right - left)
    before = (split - left) * (low_G**2 + low_G * at + at**2)
    rest, end_G = 1.0 - at, 1.0 - high_G
    after = (right - split) * (rest**2 + rest * end_G + end_G**2)
    total: np.ndarray = (before + after).sum(axis=-1) / 3.0
    return total


def _tail_score(beyond: np.ndarray, scale: np.ndarray, mass: float) -> np.ndarray:
    """Integral over one tail, for a target that lies `beyond` its edge or (negative) before it."""
    beyond = np.maximum(beyond, 0.0)
    score: np.ndarray = (
        beyond - 2.0 * mass * scale * (1.0 - _decay(beyond, scale)) + scale * mass**2 / 2.0
    )
    return score


def _tails(q: np.ndarray, levels_K: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scales of the two exponential tails."""
    lower = (q[..., 1] - q[..., 0]) / (levels_K[1] - levels_K[0]) * levels_K[0]
    upper = (q[..., -1] - q[..., -2]) / (levels_K[-1] - levels_K[-2]) * (1.0 - levels_K[-1])
    return lower, upper


def _decay(beyond: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Share of a tail's mass that lies further out; a tail without scale has none."""
    beyond = np.maximum(beyond, 0.0)
    ratio = np.divide(
        beyond, scale, out=np.where(beyond > 0.0, np.inf, 0.0), where=np.asarray(scale) > 0.0
    )
    share: np.ndarray = np.exp(-ratio)
    return share


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Ratio; zero where there is no whole."""
    part, whole = np.broadcast_arrays(part, whole)
    share: np.ndarray = np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0.0)
    return share
