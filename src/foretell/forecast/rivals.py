"""Plain forecasters that a track record compares with. They see the training span alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence as Rows

import numpy as np

from foretell.features import RISKMETRICS_DECAY, Average
from foretell.forecast.engine import Trace
from foretell.forecast.preparation import SETTLING, targets
from foretell.series import Sequence

__all__ = ["EwmaVolatility", "RandomWalk", "Rival", "rivals"]

SMALLEST = 1e-12  # volatility of a series that does not move


class Rival(ABC):
    """A random walk: the centre is the last value, the quantiles those of past errors.

    For each series and horizon the errors over the training span are divided by a volatility;
    their empirical quantiles, times the volatility at the origin, are the forecast.

    Parameters
    ----------
    horizon : int
    levels_K : ndarray of float64
        Quantile levels.
    """

    name: str

    def __init__(self, horizon: int, levels_K: np.ndarray) -> None:
        self._horizon = horizon
        self._levels_K = levels_K

    def trace(self, rows: Rows[Sequence], start: int) -> list[Trace]:
        """Forecast from every bar from `start` on; nothing from `start` on is learned from."""
        return [self._trace_one(row, int(np.searchsorted(row.time_T, start))) for row in rows]

    def _trace_one(self, row: Sequence, first: int) -> Trace:
        level_T = np.log(row.target_T) if row.priced else row.target_T
        scale_T = self._volatility(np.diff(level_T, prepend=level_T[0]))
        past = row.head(first)
        error_NH = (targets(past, self._horizon) - level_T[:first, None])[SETTLING:]
        z_NH = error_NH / scale_T[SETTLING:first, None]
        quantile_HK = np.nanquantile(z_NH, self._levels_K, axis=0).T
        later_T11 = scale_T[first:, None, None]
        return Trace(row, first, level_T[first:, None, None] + later_T11 * quantile_HK)

    @abstractmethod
    def _volatility(self, change_T: np.ndarray) -> np.ndarray:
        """Volatility after each bar, from changes up to it."""


class RandomWalk(Rival):
    """Volatility that never changes."""

    name = "random walk"

    def _volatility(self, change_T: np.ndarray) -> np.ndarray:
        return np.ones(len(change_T))


class EwmaVolatility(Rival):
    """Exponentially weighted volatility with RiskMetrics' decay of 0.94."""

    name = "EWMA volatility"

    def _volatility(self, change_T: np.ndarray) -> np.ndarray:
        step = Average(RISKMETRICS_DECAY).step
        variance_T = np.array([step(change * change) for change in change_T.tolist()])
        sigma_T: np.ndarray = np.maximum(np.sqrt(variance_T), SMALLEST)
        return sigma_T


def rivals(horizon: int, levels_K: np.ndarray) -> list[Rival]:
    """Return the rivals of every track record."""
    return [RandomWalk(horizon, levels_K), EwmaVolatility(horizon, levels_K)]
