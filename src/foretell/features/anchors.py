"""Anchors: plain forecasts that the network starts from and standardises by.

An anchor turns a reading into a centre and a scale for every horizon. The network then
forecasts quantiles of ``z = (target - centre) / scale``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

__all__ = ["MIRROR", "Anchor", "blend", "prior_quantiles", "single"]

# Added to |target| / scale before the logarithm, so that a return of nearly nothing does not
# dominate the fit of the weights.
SOFTENING = 0.1
# How far the empirical quantiles of prices are moved towards symmetry around zero. The direction
# of their past says little about the direction ahead; see docs/decisions/0003.
MIRROR = 0.5
SMALLEST_GAP = 1e-3  # between neighbouring quantiles, in scales


def _none() -> np.ndarray:
    return np.zeros((1, 0))


@dataclass(frozen=True)
class Anchor:
    """Centre and scale of the target by horizon.

    The centre is the last level, drawn towards plain forecasts of it and by differences that tell
    where it may go: ``level + sum_m toward_m (path_m - level) + sum_s pull_s term_s``. The scale
    is ``sqrt(h)`` times a geometric mean of volatilities.

    Attributes
    ----------
    name : str
        What a report calls it.
    weight_HJ : ndarray of float64, shape (H, J)
        Weight of each log volatility of a reading; every row sums to one.
    toward_HM : ndarray of float64, shape (H, M)
        Share of the way to each path of a reading.
    pull_HS : ndarray of float64, shape (H, S)
        Multiple of each term of a reading.
    """

    name: str
    weight_HJ: np.ndarray
    toward_HM: np.ndarray = field(default_factory=_none)
    pull_HS: np.ndarray = field(default_factory=_none)

    def centre(self, level: np.ndarray, path_P: np.ndarray, term_S: np.ndarray) -> np.ndarray:
        """Centre for every horizon, shape (..., H).

        Parameters
        ----------
        level : ndarray, shape (...)
        path_P : ndarray, shape (..., M H)
        term_S : ndarray, shape (..., S)
        """
        horizon = len(self.weight_HJ)
        level_1 = level[..., None]
        centre = level_1 + np.zeros(horizon)
        for number, toward_H in enumerate(self.toward_HM.T):
            path_H = path_P[..., number * horizon : (number + 1) * horizon]
            centre = centre + toward_H * (path_H - level_1)
        for number, pull_H in enumerate(self.pull_HS.T):
            centre = centre + pull_H * term_S[..., number, None]
        return centre

    def scale(self, volatility_J: np.ndarray) -> np.ndarray:
        """Scale for every horizon, shape (..., H), from log volatilities, shape (..., J).

        Written as sums of whole arrays rather than a matrix product: a product may round
        differently for one bar than for many, sums do not.
        """
        horizons = np.arange(1, len(self.weight_HJ) + 1)
        log_scale = 0.5 * np.log(horizons) + np.zeros((*volatility_J.shape[:-1], 1))
        for memory in range(volatility_J.shape[-1]):
            log_scale = log_scale + volatility_J[..., memory, None] * self.weight_HJ[:, memory]
        return np.exp(log_scale)


def single(name: str, horizon: int, memories: int, chosen: int) -> Anchor:
    """Build the anchor that uses one volatility alone."""
    weight_HJ = np.zeros((horizon, memories))
    weight_HJ[:, chosen] = 1.0
    return Anchor(name, weight_HJ)


def blend(name: str, error_NH: np.ndarray, volatility_NJ: np.ndarray, chosen: list[int]) -> Anchor:
    """Weigh several volatilities by horizon, as they explained past errors.

    Least squares of ``log|error|`` on the chosen log volatilities with weights that sum to one,
    in the spirit of Corsi's HAR model (Journal of Financial Econometrics 7, 2009).

    Parameters
    ----------
    name : str
    error_NH : ndarray of float64, shape (N, H)
        Target minus centre over the training span; NaN where the target is not known yet.
    volatility_NJ : ndarray of float64, shape (N, J)
    chosen : list of int
        Columns of `volatility_NJ` to weigh; the others get no weight.
    """
    horizon = error_NH.shape[1]
    weight_HJ = np.zeros((horizon, volatility_NJ.shape[1]))
    vol = volatility_NJ[:, chosen]
    mean_N = vol.mean(axis=1)
    # Sum-to-one weights are the uniform ones plus a contrast between memories.
    contrast = (vol[:, :-1] - vol[:, -1:]) if len(chosen) > 1 else vol[:, :0]
    design = np.column_stack([contrast, np.ones(len(vol))])
    for step in range(horizon):
        known = np.isfinite(error_NH[:, step])
        size = np.abs(error_NH[known, step]) / np.exp(mean_N[known]) / np.sqrt(step + 1)
        fit = np.linalg.lstsq(design[known], np.log(size + SOFTENING), rcond=None)[0][:-1]
        weight_HJ[step, chosen] = 1.0 / len(chosen) + np.append(fit, -fit.sum())
    return Anchor(name, weight_HJ)


def prior_quantiles(z_NH: np.ndarray, levels: np.ndarray, mirror: float = MIRROR) -> np.ndarray:
    """Quantiles of the standardised target that the network starts from.

    Parameters
    ----------
    z_NH : ndarray of float64, shape (N, H)
        Standardised targets over the training span; NaN where not known.
    levels : ndarray of float64, shape (K,)
        Quantile levels, symmetric around one half.
    mirror : float
        How far they are moved towards their mean with their mirror image, which is symmetric
        around zero: half-way for prices, not at all for levels, whose errors may well be lopsided.

    Returns
    -------
    ndarray of float64, shape (H, K)
    """
    empirical_HK = np.nanquantile(z_NH, levels, axis=0).T
    mirrored_HK = -empirical_HK[:, ::-1]
    blended_HK = (1.0 - 0.5 * mirror) * empirical_HK + 0.5 * mirror * mirrored_HK
    return _apart(blended_HK)


def _apart(q_HK: np.ndarray) -> np.ndarray:
    """Widen gaps of nothing, as a sequence of few distinct values has them."""
    middle = q_HK.shape[1] // 2
    gap_HG = np.maximum(np.diff(q_HK, axis=1), SMALLEST_GAP)
    below_HK = -np.cumsum(gap_HG[:, middle - 1 :: -1], axis=1)[:, ::-1]
    above_HK = np.cumsum(gap_HG[:, middle:], axis=1)
    median_H1 = q_HK[:, middle : middle + 1]
    return np.concatenate([median_H1 + below_HK, median_H1, median_H1 + above_HK], axis=1)
