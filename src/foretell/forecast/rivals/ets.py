"""Exponential smoothing, its form and parameters chosen by statsforecast's AutoETS.

The centre follows from the states after each bar (Hyndman, Koehler, Ord and Snyder, Forecasting
with Exponential Smoothing, 2008, table 2.1); the quantiles are those of past errors.

Axes: T time, H horizons, S states: level, trend, and the seasonal ones, the latest first.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from foretell.forecast.rivals.empirical import SMALLEST
from foretell.forecast.rivals.extras import extra
from foretell.forecast.rivals.smoothing import Smoothing

__all__ = ["AutoETS", "centres"]

LONGEST_SEASON = 24  # the R package forecast, from which statsforecast is ported, fits none longer
ADDITIVE, ANY = "AZZ", "ZZZ"  # with additive errors statsforecast leaves all products out


class AutoETS(Smoothing):
    """Exponential smoothing chosen by AICc.

    Logs of prices have no natural zero, so only additive models are tried on them. Errors of a
    model with multiplicative errors are counted in shares of the centre.
    """

    name = "AutoETS"
    longest_fit = sys.maxsize  # its first state is that of the first bar fitted on
    longest_season = LONGEST_SEASON

    def _model(self, models: Any, bars: int, *, priced: bool) -> Any:
        return models.AutoETS(
            season_length=bars if bars <= LONGEST_SEASON else 1, model=ADDITIVE if priced else ANY
        )

    def _centre(self, fitted: dict[str, Any], level_T: np.ndarray, first: int) -> np.ndarray:
        del first  # the states are known from the first bar on
        ets = extra("statsforecast.ets", self.name)
        return centres(ets.ets_f(level_T, m=fitted["m"], model=fitted), self.horizon)

    def _scale(self, fitted: dict[str, Any], centre_TH: np.ndarray) -> np.ndarray:
        if fitted["components"][0] == "A":
            return np.ones_like(centre_TH)
        size_TH: np.ndarray = np.maximum(np.abs(centre_TH), SMALLEST)
        return size_TH


def centres(model: dict[str, Any], horizon: int) -> np.ndarray:
    """Point forecasts from the states after every bar.

    Parameters
    ----------
    model : dict
        What `statsforecast.ets.ets_f` returns. Its first state comes before the first bar.
    horizon : int

    Returns
    -------
    ndarray of float64, shape (T, H)
    """
    _, trend, seasonal, damped = model["components"]
    state_TS = model["states"][1:]
    centre_TH: np.ndarray = np.repeat(state_TS[:, :1], horizon, axis=1)
    if trend == "A":
        # Not the library's own sum: up to 2.0.1 it counts phi twice (mended in its change 1219).
        phi = model["par"][3] if damped == "D" else 1.0
        centre_TH += state_TS[:, 1:2] * np.cumsum(phi ** np.arange(1, horizon + 1))
    if seasonal == "N":
        return centre_TH
    oldest = trend.count("A") + model["m"]
    seasonal_TH: np.ndarray = state_TS[:, oldest - np.arange(horizon) % model["m"]]
    if seasonal == "M":
        centre_TH *= seasonal_TH
    else:
        centre_TH += seasonal_TH
    return centre_TH
