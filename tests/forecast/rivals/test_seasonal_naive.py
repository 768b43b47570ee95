"""The seasonal naive forecast on series whose season is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from foretell.forecast.rivals import FallbackWarning, RandomWalk, SeasonalNaive
from foretell.series import Frequency, Sequence

HOURLY = Frequency(3_600)


def test_an_exact_season_is_continued(make: Callable[..., Sequence], levels: np.ndarray) -> None:
    level_T = np.resize(np.random.default_rng(0).normal(size=24), 300)
    q_THK = SeasonalNaive(30, levels).forecast(make(level_T, HOURLY), 200)
    for step in (1, 23, 24, 25, 30):  # across the end of the season that is repeated
        np.testing.assert_array_equal(q_THK[: 100 - step, step - 1, 0], level_T[200 + step :])
    assert (q_THK == q_THK[..., :1]).all()


def test_quantiles_are_those_of_seasonal_differences(
    make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    level_T = np.random.default_rng(1).normal(size=400)
    q_THK = SeasonalNaive(9, levels).forecast(make(level_T), 300)
    # Two days ahead is five days back, nine days ahead five days back as well, two weeks apart.
    one_K = np.quantile((level_T[7:300] - level_T[:293])[20 + 2 - 7 :], levels)
    np.testing.assert_allclose(q_THK[0, 1], level_T[295] + one_K)
    two_K = np.quantile((level_T[14:300] - level_T[:286])[20 + 9 - 14 :], levels)
    np.testing.assert_allclose(q_THK[0, 8], level_T[295] + two_K)


def test_without_three_seasons_it_is_a_random_walk(
    make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    row = make(np.random.default_rng(2).normal(size=100), HOURLY)
    rival = SeasonalNaive(3, levels)
    with pytest.warns(FallbackWarning, match="74 bars before .* too few for a season of 24"):
        q_THK = rival.forecast(row, 74)
    assert q_THK.tobytes() == RandomWalk(3, levels).forecast(row, 74).tobytes()
    rival.forecast(row, 75)  # no warning
