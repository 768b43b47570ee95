"""What quantiles say beyond themselves: mean, probabilities, any other quantile.

Between two levels the quantile function is a straight line in target space. Beyond the outermost
levels it has exponential tails whose slope continues that of the last gap. Axes: K levels.
"""

from __future__ import annotations

import numpy as np

__all__ = ["DEFAULT_LEVELS", "QuantileCurve", "means"]

# Among them the edges of the bands that are shown, 50, 80 and 90%, so that none is interpolated.
DEFAULT_LEVELS = (0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95)
# An upper tail of the log price with a rate below one has no mean; such a tail says nothing
# about prices, so its share of the mean is bounded.
HEAVIEST_TAIL = 0.5


class QuantileCurve:
    """A distribution known by its quantiles.

    Parameters
    ----------
    levels_K : ndarray of float64, shape (K,)
        Levels between 0 and 1, increasing.
    q_K : ndarray of float64, shape (K,)
        Quantiles in target space, increasing.
    log : bool
        Whether target space is the logarithm of the unit that results are wanted in.
    """

    def __init__(self, levels_K: np.ndarray, q_K: np.ndarray, *, log: bool) -> None:
        self._levels_K = levels_K
        self._q_K = q_K
        self._log = log
        slope_G = np.diff(q_K) / np.diff(levels_K)
        self._lower = float(slope_G[0] * levels_K[0])
        self._upper = float(slope_G[-1] * (1.0 - levels_K[-1]))

    def quantile(self, level: float) -> float:
        """Quantile at any level strictly between 0 and 1."""
        levels_K, q_K = self._levels_K, self._q_K
        if level < levels_K[0]:
            q = q_K[0] + self._lower * np.log(level / levels_K[0])
        elif level > levels_K[-1]:
            q = q_K[-1] - self._upper * np.log((1.0 - level) / (1.0 - levels_K[-1]))
        else:
            q = np.interp(level, levels_K, q_K)
        return float(np.exp(q)) if self._log else float(q)

    def cdf(self, value: float) -> float:
        """Probability of a value at or below `value`."""
        if self._log:
            if value <= 0.0:
                return 0.0
            value = float(np.log(value))
        levels_K, q_K = self._levels_K, self._q_K
        if value < q_K[0]:
            return float(levels_K[0] * np.exp((value - q_K[0]) / self._lower))
        if value > q_K[-1]:
            beyond = 1.0 - levels_K[-1]
            return float(1.0 - beyond * np.exp(-(value - q_K[-1]) / self._upper))
        return float(np.interp(value, q_K, levels_K))

    def mean(self) -> float:
        """Mean, integrated exactly over the lines and the tails."""
        return float(means(self._levels_K, self._q_K, log=self._log))


def means(levels_K: np.ndarray, q: np.ndarray, *, log: bool) -> np.ndarray:
    """Means of many such distributions at once.

    Parameters
    ----------
    levels_K : ndarray of float64, shape (K,)
    q : ndarray of float64, shape (..., K)
        Quantiles in target space, not decreasing.
    log : bool
        Whether target space is the logarithm of the unit that results are wanted in.

    Returns
    -------
    ndarray of float64, shape (...)
    """
    width_G, rise = np.diff(levels_K), np.diff(q)
    below, above = levels_K[0], 1.0 - levels_K[-1]
    lower = rise[..., 0] / width_G[0] * below
    upper = rise[..., -1] / width_G[-1] * above
    if not log:
        inside = (width_G * (q[..., 1:] + q[..., :-1]) / 2.0).sum(axis=-1)
        plain: np.ndarray = inside + below * (q[..., 0] - lower) + above * (q[..., -1] + upper)
        return plain
    # The mean of exp over a straight piece; where the piece is a point, its exp.
    growth = np.divide(np.expm1(rise), rise, out=np.ones_like(rise), where=rise > 0.0)
    inside = (width_G * np.exp(q[..., :-1]) * growth).sum(axis=-1)
    low_tail = below * np.exp(q[..., 0]) / (1.0 + lower)
    high_tail = above * np.exp(q[..., -1]) / (1.0 - np.minimum(upper, HEAVIEST_TAIL))
    total: np.ndarray = inside + low_tail + high_tail
    return total
