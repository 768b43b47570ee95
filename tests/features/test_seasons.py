"""What was one season before, with and without missing bars."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.features import Season
from foretell.features.paths import Recursion


def after(values: list[float], period: int, bars: list[int] | None = None) -> Recursion:
    ring = Season(period).start()
    for value, count in zip(values, bars or [1] * len(values), strict=True):
        ring.step(value, count)
    return ring


def test_each_bar_ahead_is_the_value_one_season_before_it() -> None:
    assert after([0.0, 1.0, 2.0, 3.0, 10.0, 11.0], 4).ahead(3, 11.0) == [2.0, 3.0, 10.0]


def test_horizon_beyond_the_season_repeats_it() -> None:
    assert after([0.0, 1.0, 2.0, 3.0], 3).ahead(7, 3.0) == [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0]


def test_before_a_season_has_passed_the_last_value_stands_in() -> None:
    ring = after([5.0, 6.0], 3)
    assert ring.ahead(2, 6.0) == [6.0, 6.0]
    assert ring.expected(6.0) == 6.0


def test_expected_is_the_first_bar_ahead() -> None:
    ring = after([5.0, 6.0, 7.0, 8.0], 3)
    assert [ring.expected(0.0)] == ring.ahead(1, 0.0) == [6.0]


def test_missing_bar_leaves_what_was_there_a_season_before() -> None:
    whole = [0.0, 1.0, 2.0, 3.0, 10.0, 11.0, 12.0, 13.0]
    ring = after([0.0, 1.0, 2.0, 3.0, 10.0, 12.0, 13.0], 4, [1, 1, 1, 1, 1, 2, 1])
    assert ring.ahead(4, 0.0) == [10.0, 1.0, 12.0, 13.0]
    assert ring.ahead(4, 0.0) != after(whole, 4).ahead(4, 0.0)


def test_gap_longer_than_a_season_keeps_the_place() -> None:
    ring = after([0.0, 1.0, 2.0, 30.0], 3, [1, 1, 1, 7])  # 30 stands where 0 stood
    assert ring.ahead(3, 0.0) == [1.0, 2.0, 30.0]


@pytest.mark.parametrize("period", [1, 2, 5, 24])
def test_season_without_noise_is_forecast_exactly(period: int) -> None:
    profile = np.random.default_rng(0).normal(size=period)
    series = np.tile(profile, 5)
    ring = after(series[: 3 * period + 1].tolist(), period)
    assert ring.ahead(period, 0.0) == series[3 * period + 1 :][:period].tolist()
