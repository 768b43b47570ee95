"""Tail probabilities of Student's t and of F. The base install has no SciPy."""

from __future__ import annotations

from functools import cache
from math import asin, exp, inf, isfinite, lgamma, log, pi, sqrt

import numpy as np

__all__ = ["f_tail", "t_quantile", "t_tail"]

POINTS = 10_001


def t_tail(statistic: float, degrees: int) -> float:
    """P(T > statistic) for Student's t.

    With ``x = sqrt(degrees) tan(a)`` the density becomes a power of a cosine over a finite
    range, which Simpson's rule integrates to ten digits.
    """
    if not isfinite(statistic):
        return 0.0 if statistic > 0 else 1.0
    angle = float(np.arctan(statistic / sqrt(degrees)))
    grid = np.linspace(angle, pi / 2.0, POINTS)
    log_scale = lgamma((degrees + 1) / 2.0) - lgamma(degrees / 2.0) - 0.5 * log(pi)
    return _bounded(exp(log_scale) * _simpson(np.cos(grid) ** (degrees - 1), grid))


@cache
def t_quantile(level: float, degrees: int) -> float:
    """Value that Student's t exceeds with probability ``1 - level``, by bisection."""
    if level < 0.5:
        return -t_quantile(1.0 - level, degrees)
    low, high = 0.0, 1.0
    while t_tail(high, degrees) > 1.0 - level:
        low, high = high, 2.0 * high
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if t_tail(middle, degrees) > 1.0 - level else (low, middle)
    return (low + high) / 2.0


def f_tail(statistic: float, above: int, below: int) -> float:
    """P(F > statistic) for F with `above` and `below` degrees of freedom.

    F is a ratio of beta variables; with ``x = sin(a)^2`` their density becomes
    ``sin(a)^(above - 1) cos(a)^(below - 1)`` over a finite range.
    """
    if statistic <= 0.0:
        return 1.0
    if statistic == inf:
        return 0.0
    share = above * statistic / (above * statistic + below)
    grid = np.linspace(asin(sqrt(share)), pi / 2.0, POINTS)
    log_scale = lgamma((above + below) / 2.0) - lgamma(above / 2.0) - lgamma(below / 2.0)
    density = np.sin(grid) ** (above - 1) * np.cos(grid) ** (below - 1)
    return _bounded(2.0 * exp(log_scale) * _simpson(density, grid))


def _simpson(values: np.ndarray, grid: np.ndarray) -> float:
    step = (grid[-1] - grid[0]) / (len(grid) - 1)
    inner = 4.0 * values[1:-1:2].sum() + 2.0 * values[2:-1:2].sum()
    return float(step / 3.0 * (values[0] + inner + values[-1]))


def _bounded(probability: float) -> float:
    return float(min(1.0, max(0.0, probability)))
