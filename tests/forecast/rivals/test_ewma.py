"""Errors in units of the RiskMetrics volatility."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from foretell.forecast import level
from foretell.forecast.rivals import EwmaVolatility
from foretell.series import Sequence


def test_the_shape_of_a_forecast_is_fixed_at_the_start(
    priced: Sequence, levels: np.ndarray
) -> None:
    """What is learned, the quantiles in volatilities, is one table for all origins."""
    shape_THK = EwmaVolatility(3, levels).forecast(priced, 180) - level(priced)[180:, None, None]
    ratio_THK = shape_THK / shape_THK[:, :1, :1]
    np.testing.assert_allclose(ratio_THK, np.broadcast_to(ratio_THK[0], ratio_THK.shape))


def test_width_follows_the_moving_average_of_squares(
    make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    """After a move of ten usual ones the variance is 0.94 + 0.06 * 100 usual ones."""
    change_T = 0.01 * np.resize([1.0, -1.0], 300)
    change_T[250] = 0.1
    level_T = np.cumsum(change_T)
    q_THK = EwmaVolatility(1, levels).forecast(make(level_T, log=True), 200)
    width_T = q_THK[:, 0, -1] - q_THK[:, 0, 0]
    np.testing.assert_allclose(width_T[50] / width_T[49], np.sqrt(0.94 + 6.0), rtol=1e-2)
