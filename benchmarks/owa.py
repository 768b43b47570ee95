"""How the M4 competition scored point forecasts: sMAPE, MASE, OWA, and its naive references.

Makridakis, Spiliotis and Assimakopoulos (The M4 Competition, International Journal of Forecasting
36, 2020, section 2). Figures are means over horizons, then over series; the OWA is taken of those
means, never series by series. The references follow the R code that the organisers published
(github.com/Mcompetitions/M4-methods): what R's `acf` and `decompose` do is written out here.

Axes: N bars of one series, H horizons, P phases of a season.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["Errors", "errors", "is_seasonal", "mase", "naive", "naive2", "smape", "snaive"]

Z_90 = 1.645  # two-sided 90% of a normal, as the organisers' seasonality test has it


class Errors(NamedTuple):
    """Means over all series.

    Attributes
    ----------
    smape : float
        In per cent, 0 to 200.
    mase : float
    """

    smape: float
    mase: float

    def owa(self, naive2: Errors) -> float:
        """Overall weighted average: half the ratios to Naive2, one for being as good as it."""
        return 0.5 * (self.smape / naive2.smape + self.mase / naive2.mase)


def errors(
    forecasts: Sequence[np.ndarray],
    actuals: Sequence[np.ndarray],
    histories: Sequence[np.ndarray],
    season: int,
) -> Errors:
    """Score one forecast a series.

    Parameters
    ----------
    forecasts, actuals : sequence of ndarray, shape (H,)
    histories : sequence of ndarray, shape (N,)
        What came before; N differs.
    season : int
        Bars in a season by the competition's rules: 24 for hourly, 1 for weekly.
    """
    rows = list(zip(forecasts, actuals, histories, strict=True))
    return Errors(
        float(np.mean([smape(forecast, actual) for forecast, actual, _ in rows])),
        float(np.mean([mase(*row, season) for row in rows])),
    )


def smape(forecast_H: np.ndarray, actual_H: np.ndarray) -> float:
    """Symmetric mean absolute percentage error."""
    size_H = np.abs(actual_H) + np.abs(forecast_H)
    return float(np.mean(200.0 * np.abs(actual_H - forecast_H) / size_H))


def mase(forecast_H: np.ndarray, actual_H: np.ndarray, history_N: np.ndarray, season: int) -> float:
    """Mean absolute error in units of the in-sample seasonal naive error."""
    scale = np.mean(np.abs(history_N[season:] - history_N[:-season]))
    return float(np.mean(np.abs(actual_H - forecast_H)) / scale)


def naive(history_N: np.ndarray, horizon: int) -> np.ndarray:
    """The last value."""
    return np.full(horizon, history_N[-1])


def snaive(history_N: np.ndarray, horizon: int, season: int) -> np.ndarray:
    """The last season, again and again."""
    return np.resize(history_N[-season:], horizon)


def naive2(history_N: np.ndarray, horizon: int, season: int) -> np.ndarray:
    """The last value, seasonally adjusted where a test finds a season."""
    if not is_seasonal(history_N, season):
        return naive(history_N, horizon)
    index_P = _seasonal_indices(history_N, season)
    ahead_H = index_P[(len(history_N) + np.arange(horizon)) % season]
    return history_N[-1] / index_P[(len(history_N) - 1) % season] * ahead_H


def is_seasonal(history_N: np.ndarray, season: int) -> bool:
    """Whether the autocorrelation one season back stands out, at 90%.

    The bound is Bartlett's for a moving average of the shorter lags.
    """
    if season == 1 or len(history_N) < 3 * season:
        return False
    away_N = history_N - history_N.mean()
    lags = range(1, season + 1)
    acf_P = np.array([away_N[lag:] @ away_N[:-lag] for lag in lags]) / (away_N @ away_N)
    bound = Z_90 * np.sqrt((1.0 + 2.0 * np.sum(acf_P[:-1] ** 2)) / len(history_N))
    return bool(abs(acf_P[-1]) > bound)


def _seasonal_indices(history_N: np.ndarray, season: int) -> np.ndarray:
    """Multiplicative indices by classical decomposition; the first is that of the first bar."""
    centred = np.ones(season + 1 - season % 2)
    if season % 2 == 0:
        centred[[0, -1]] = 0.5
    trend_N = np.full(len(history_N), np.nan)
    half = len(centred) // 2
    trend_N[half:-half] = np.convolve(history_N, centred / season, mode="valid")
    ratio_N = history_N / trend_N
    index_P = np.array([np.nanmean(ratio_N[phase::season]) for phase in range(season)])
    return index_P / index_P.mean()
