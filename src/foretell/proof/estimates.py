"""A mean or a share of loss saved, with how sure it is; and whether two of them agree.

Axes: T origins in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, nan

import numpy as np

from foretell.proof.longrun import cosines, long_run_covariance
from foretell.proof.significance import standard_error
from foretell.proof.tails import t_quantile, t_tail

__all__ = ["Agreement", "Estimate", "agreement", "estimated_mean", "estimated_skill"]

POWER = 0.8  # with which a difference of the size that is told would be found
LEVEL = 0.05


@dataclass(frozen=True)
class Estimate:
    """A figure, measured at origins that overlap.

    Attributes
    ----------
    value, error : float
        And its standard error; NaN where there are too few origins to tell.
    degrees : int
        Degrees of freedom of the error.
    """

    value: float
    error: float
    degrees: int


@dataclass(frozen=True)
class Agreement:
    """Whether two estimates are of the same thing.

    Attributes
    ----------
    p_value : float
        Two-sided: probability of a difference at least as large if they are.
    visible : float
        Difference that would be found in four of five cases.
    """

    p_value: float
    visible: float


def estimated_mean(value_T: np.ndarray, horizon: int) -> Estimate:
    """Mean over origins that look `horizon` bars ahead; see `long_run_covariance`.

    Parameters
    ----------
    value_T : ndarray of float64, shape (T,)
    horizon : int
    """
    count, mean = len(value_T), float(np.mean(value_T)) if len(value_T) else nan
    if count <= 2 * horizon:
        return Estimate(mean, nan, 0)
    degrees = cosines(count, horizon)
    variance = float(long_run_covariance(value_T[:, None], degrees)[0, 0])
    return Estimate(mean, standard_error(variance, count, horizon), degrees)


def estimated_skill(loss_T: np.ndarray, rival_T: np.ndarray, horizon: int) -> Estimate:
    """Share of a rival's loss that is saved.

    The error is that of the ratio of two means, to first order (the delta method): the ratio moves
    as the mean of ``rival * ratio - loss`` does, over the rival's mean.
    """
    scale = float(rival_T.mean())
    ratio = float(loss_T.mean()) / scale
    moved = estimated_mean((ratio * rival_T - loss_T) / scale, horizon)
    return Estimate(1.0 - ratio, moved.error, moved.degrees)


def agreement(one: Estimate, other: Estimate, tests: int = 1) -> Agreement:
    """Test whether two estimates from different times differ by more than chance.

    Welch (Biometrika 34, 1947): Student's t with degrees of freedom between those of the two.

    Parameters
    ----------
    one, other : Estimate
    tests : int, optional
        How many there are, of which any may show a difference: what is visible has to stand out
        among them. The p-value is that of this one alone.
    """
    error = hypot(one.error, other.error)
    if not error > 0.0:
        return Agreement(nan, nan)
    shares = (each.error**4 / each.degrees for each in (one, other) if each.degrees)
    degrees = max(int(error**4 / sum(shares)), 1)
    p = 2.0 * t_tail(abs(one.value - other.value) / error, degrees)
    quantiles = t_quantile(1.0 - LEVEL / tests / 2.0, degrees) + t_quantile(POWER, degrees)
    return Agreement(min(p, 1.0), quantiles * error)
