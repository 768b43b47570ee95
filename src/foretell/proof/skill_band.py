"""How sure the skill at each horizon is.

Axes: T instants in order of time, H horizons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretell.proof.longrun import cosines, long_run_covariance
from foretell.proof.significance import FEWEST_ORIGINS, standard_error
from foretell.proof.tails import t_quantile

__all__ = ["SkillBand", "skill_band"]


@dataclass(frozen=True)
class SkillBand:
    """Skill against a rival with its confidence band.

    Attributes
    ----------
    skill_H : ndarray of float64, shape (H,)
        Share of the rival's mean loss that is saved.
    lower_H, upper_H : ndarray of float64, shape (H,)
        Ends of the confidence interval of each horizon by itself; NaN where instants are too few
        to tell.
    """

    skill_H: np.ndarray
    lower_H: np.ndarray
    upper_H: np.ndarray


def skill_band(loss_TH: np.ndarray, rival_TH: np.ndarray, confidence: float = 0.95) -> SkillBand:
    """Measure the skill at every horizon, and how sure it is.

    Skill is a ratio of means, so its error is that of ``(1 - skill) * rival - own``, whose mean
    is zero, over the rival's mean loss (the delta method). Variance, degrees of freedom and
    small-sample correction are those of `foretell.proof.diebold_mariano`.

    Parameters
    ----------
    loss_TH, rival_TH : ndarray of float64, shape (T, H)
        Losses at the same instants.
    confidence : float

    Returns
    -------
    SkillBand
        Every instant weighs the same.
    """
    rival_H = rival_TH.mean(axis=0)
    skill_H = 1.0 - loss_TH.mean(axis=0) / rival_H
    residual_TH = (1.0 - skill_H) * rival_TH - loss_TH
    reach_H = _reach(residual_TH, confidence) / rival_H
    return SkillBand(skill_H, skill_H - reach_H, skill_H + reach_H)


def _reach(residual_TH: np.ndarray, confidence: float) -> np.ndarray:
    """Half of each interval's width, in the units of the losses."""
    count, horizon = residual_TH.shape
    reach_H = np.full(horizon, np.nan)
    degrees_H = np.array([cosines(count, step) for step in range(1, horizon + 1)])
    enough_H = count >= np.maximum(FEWEST_ORIGINS, np.arange(horizon) + 2)
    for degrees in np.unique(degrees_H[enough_H]).tolist():  # horizons that share their cosines
        places = np.flatnonzero(enough_H & (degrees_H == degrees))
        variances = np.diag(long_run_covariance(residual_TH[:, places], degrees))
        quantile = t_quantile(0.5 + confidence / 2.0, degrees)
        for place, variance in zip(places.tolist(), variances.tolist(), strict=True):
            reach_H[place] = quantile * standard_error(variance, count, place + 1)
    return reach_H
