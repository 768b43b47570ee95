"""The drift method on series whose drift is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from foretell.forecast.rivals import Drift
from foretell.series import Sequence


def test_a_straight_line_is_carried_on(make: Callable[..., Sequence], levels: np.ndarray) -> None:
    level_T = 2.0 + 0.01 * np.arange(150)
    q_THK = Drift(4, levels).forecast(make(level_T, log=True), 100)
    ahead_TH = level_T[100:, None] + 0.01 * np.arange(1, 5)
    np.testing.assert_allclose(q_THK, np.repeat(ahead_TH[..., None], len(levels), axis=-1))


def test_the_drift_is_that_of_all_bars_so_far(
    make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    """Up to bar 100 the series rises, then it stands: the drift wanes."""
    level_T = np.minimum(np.arange(201.0), 100.0)
    q_THK = Drift(2, levels).forecast(make(level_T), 100)
    np.testing.assert_allclose(q_THK[100, :, 2] - q_THK[100, :, 2].mean(), [-0.25, 0.25])
    np.testing.assert_allclose(q_THK[100, 0], 100.5)
