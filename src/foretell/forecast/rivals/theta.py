"""The theta method in the variant that statsforecast's AutoTheta chooses.

The forecast from its parameters is that of Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler
(International Journal of Forecasting 32, 2016): a smoothed level, plus a share of the straight
line through all bars so far. In the dynamic variants that line learns from the forecasts as they
are made.

Axes: T time, H horizons.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from foretell.forecast.rivals.smoothing import Smoothing

__all__ = ["AutoTheta", "lines", "theta_centres"]


class AutoTheta(Smoothing):
    """The best of four theta models, with the quantiles of past errors.

    Seasonal figures, where the library finds a season, stay those before the first origin.
    (Prices have none: its test takes any random walk for seasonal.)
    """

    name = "AutoTheta"
    longest_fit = 5_000  # the time it takes grows with the square
    longest_season = 1_000

    def _model(self, models: Any, bars: int, *, priced: bool) -> Any:
        del priced
        return models.AutoTheta(season_length=bars)

    def _centre(self, fitted: dict[str, Any], level_T: np.ndarray, first: int) -> np.ndarray:
        known_start = first <= self.longest_fit
        if not fitted.get("decompose"):
            return theta_centres(fitted, level_T, self.horizon, known_start=known_start)
        # Entry n of the seasonal figures belongs to the n-th bar from the first origin on.
        figures: np.ndarray = fitted["seas_forecast"]["mean"]
        bar_T = np.arange(len(level_T)) - first
        now_T = figures[bar_T % len(figures)]
        ahead_H = np.arange(1, self.horizon + 1)
        ahead_TH = figures[(bar_T[:, None] + ahead_H) % len(figures)]
        product = fitted["decomposition_type"] == "multiplicative"
        plain_T = level_T / now_T if product else level_T - now_T
        centre_TH = theta_centres(fitted, plain_T, self.horizon, known_start=known_start)
        seasonal_TH: np.ndarray = centre_TH * ahead_TH if product else centre_TH + ahead_TH
        return seasonal_TH


def theta_centres(
    model: dict[str, Any], level_T: np.ndarray, horizon: int, *, known_start: bool = True
) -> np.ndarray:
    """Point forecasts from every bar, of a series without season.

    Parameters
    ----------
    model : dict
        What `statsforecast.theta.auto_theta` returns.
    level_T : ndarray of float64, shape (T,)
    horizon : int
    known_start : bool
        Whether the model's initial level is that before the first bar. If not it is the value
        of that bar; either is forgotten after a few bars.

    Returns
    -------
    ndarray of float64, shape (T, H)
    """
    alpha, theta = float(model["par"]["alpha"]), float(model["par"]["theta"])
    start = float(model["par"]["initial_smoothed"]) if known_start else float(level_T[0])
    smooth_T = _smoothed(level_T, alpha, start)
    start_T, slope_T = lines(level_T)
    bars_T = np.arange(1, len(level_T) + 1)
    mean_T = np.cumsum(level_T) / bars_T
    centre_TH = np.empty((len(level_T), horizon))
    for step in range(horizon):
        bar_T = bars_T + step
        decay_T = (1.0 - alpha) ** bar_T
        line_T = start_T * decay_T + slope_T * (1.0 - decay_T * (1.0 - alpha)) / alpha
        next_T = smooth_T + (1.0 - 1.0 / theta) * line_T
        smooth_T = alpha * next_T + (1.0 - alpha) * smooth_T
        if model["modeltype"].startswith("D"):
            rise_T = 6.0 * (next_T - mean_T) / (bar_T + 1)
            slope_T = ((bar_T - 1) * slope_T + rise_T) / (bar_T + 2)
            mean_T = (bar_T * mean_T + next_T) / (bar_T + 1)
            start_T = mean_T - slope_T * (bar_T + 2) / 2.0
        centre_TH[:, step] = next_T
    return centre_TH


def lines(level_T: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Intercept and slope of the least-squares line through all bars up to each, counted from 1."""
    bar_T = np.arange(1, len(level_T) + 1)
    mean_T = np.cumsum(level_T) / bar_T
    # With the first value taken off, sums of long series keep their digits.
    moment_T = np.cumsum(bar_T * (level_T - level_T[0])) / bar_T
    distance_T = np.maximum(bar_T**2 - 1, 1)
    slope_T = 6.0 * (2.0 * moment_T - (bar_T + 1) * (mean_T - level_T[0])) / distance_T
    return mean_T - slope_T * (bar_T + 1) / 2.0, slope_T


def _smoothed(level_T: np.ndarray, alpha: float, start: float) -> np.ndarray:
    smoothed = start
    run = []
    for value in level_T.tolist():
        smoothed = alpha * value + (1.0 - alpha) * smoothed
        run.append(smoothed)
    return np.array(run)
