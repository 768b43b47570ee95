"""The last value, and errors in units of a volatility that follows the market."""

from __future__ import annotations

import numpy as np

from foretell.features import RISKMETRICS_DECAY, Average
from foretell.forecast.rivals.empirical import SMALLEST, Empirical
from foretell.forecast.targets import level
from foretell.series import Sequence

__all__ = ["EwmaVolatility"]


class EwmaVolatility(Empirical):
    """A random walk with an exponentially weighted volatility, RiskMetrics' decay of 0.94."""

    name = "EWMA volatility"

    def _path(self, row: Sequence, first: int) -> tuple[np.ndarray, np.ndarray]:
        del first  # nothing is fitted
        level_T = level(row)
        step = Average(RISKMETRICS_DECAY).step
        changes = np.diff(level_T, prepend=level_T[0]).tolist()
        variance_T = np.array([step(change * change) for change in changes])
        return level_T[:, None], np.maximum(np.sqrt(variance_T), SMALLEST)[:, None]
