"""What is forecast: levels ahead.

Axes: T time, H horizons.
"""

from __future__ import annotations

import numpy as np

from foretell.series import Sequence

__all__ = ["ahead", "level", "targets"]


def level(sequence: Sequence) -> np.ndarray:
    """Return a series as forecasts of it are given: logs of closing prices, or values.

    Returns
    -------
    ndarray of float64, shape (T,)
    """
    level_T: np.ndarray = np.log(sequence.target_T) if sequence.priced else sequence.target_T
    return level_T


def targets(sequence: Sequence, horizon: int) -> np.ndarray:
    """What forecasts are compared with, at every horizon; NaN beyond the end.

    Returns
    -------
    ndarray of float64, shape (T, H)
        Logs of future closes, or future values.
    """
    return ahead(level(sequence), horizon)


def ahead(level_T: np.ndarray, horizon: int) -> np.ndarray:
    """Levels 1 to `horizon` bars ahead, shape (T, H); NaN beyond the end."""
    ahead_TH = np.full((len(level_T), horizon), np.nan)
    for step in range(1, min(horizon, len(level_T) - 1) + 1):
        ahead_TH[:-step, step - 1] = level_T[step:]
    return ahead_TH
