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
    reach_H = np.array(
        [_reach(r_T, horizon, confidence) for horizon, r_T in enumerate(residual_TH.T, start=1)]
    )
    reach_H = reach_H / rival_H
    return SkillBand(skill_H, skill_H - reach_H, skill_H + reach_H)


def _reach(residual_T: np.ndarray, horizon: int, confidence: float) -> float:
    """Half of the interval's width, in the units of the losses."""
    count = len(residual_T)
    if count < max(FEWEST_ORIGINS, horizon + 1):
        return float("nan")
    degrees = cosines(count, horizon)
    variance = float(long_run_covariance(residual_T[:, None], degrees)[0, 0])
    quantile = t_quantile(0.5 + confidence / 2.0, degrees)
    return quantile * standard_error(variance, count, horizon)
