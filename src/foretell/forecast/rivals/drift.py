"""The last value, carried on along the mean change so far."""

from __future__ import annotations

import numpy as np

from foretell.forecast.rivals.empirical import Empirical
from foretell.forecast.targets import level
from foretell.series import Sequence

__all__ = ["Drift"]


class Drift(Empirical):
    """A random walk with drift, of constant volatility.

    The drift is the mean change of all bars up to the origin: the line through the first and the
    last one (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2).
    """

    name = "drift"

    def _path(self, row: Sequence, first: int) -> tuple[np.ndarray, np.ndarray]:
        del first  # the drift is that of each origin
        level_T = level(row)
        changes_T = np.maximum(np.arange(len(level_T)), 1)  # the first bar has had none
        drift_T = (level_T - level_T[0]) / changes_T
        step_H = np.arange(1, self.horizon + 1)
        return level_T[:, None] + drift_T[:, None] * step_H, np.ones((len(level_T), 1))
