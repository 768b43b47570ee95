"""Periods worth trying: shown by the series, by the calendar's names, or given."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from foretell.features import Climatology, Mixture, Season
from foretell.forecast.seasonality import paths_of, seasons
from foretell.series import Frequency, Sequence, sequences

HOUR, DAY = 3_600, 86_400
Simulate = Callable[..., pl.DataFrame]


def made(level_T: np.ndarray, step: int = HOUR) -> Sequence:
    return Sequence(
        "MADE", Frequency(step), ("value",), step * np.arange(len(level_T)), level_T[:, None]
    )


def wave(bars: int, period: float, seed: int = 0) -> np.ndarray:
    noise_T = np.random.default_rng(seed).normal(size=bars)
    return 3.0 * np.sin(2.0 * np.pi * np.arange(bars) / period) + noise_T


def test_daily_cycle_of_hours_is_shown(values: pl.DataFrame) -> None:
    assert seasons(sequences(values)) == (24.0,)


def test_year_of_days_is_that_of_the_calendar() -> None:
    assert seasons([made(wave(1_300, 360.0), DAY)]) == pytest.approx((365.2425,))


def test_year_that_is_not_over_twice_is_not_taken_for_half_of_the_history() -> None:
    assert seasons([made(wave(560, 365.2425), DAY)]) == ()


def test_period_that_no_clock_has_is_kept() -> None:
    assert seasons([made(wave(800, 37.0))]) == (37.0,)


def test_period_of_few_series_is_left_out() -> None:
    few = [made(wave(300, 24.0, seed) if seed < 2 else wave(300, 1e9, seed)) for seed in range(10)]
    assert seasons(few) == ()
    assert seasons(few[:5]) == (24.0,)


def test_periods_that_are_given_are_taken_and_no_others() -> None:
    row = made(wave(800, 24.0))
    assert seasons([row], [168, 12]) == (12.0, 168.0)
    assert seasons([row], []) == ()


def test_season_that_has_not_been_seen_twice_is_not_tried() -> None:
    assert seasons([made(wave(47, 24.0))], [24.0]) == ()
    assert seasons([made(wave(48, 24.0))], [24.0]) == (24.0,)


def test_one_short_series_among_many_does_not_rule_a_season_out() -> None:
    rows = [made(wave(bars, 24.0)) for bars in (40, *[300] * 9)]
    assert seasons(rows, [24.0]) == (24.0,)


def test_paths_are_seasons_one_climatology_and_a_mixture() -> None:
    periods = (7.0, 365.2425)
    expected = (Season(7), Season(365), Climatology(periods), Mixture(14, (7, 365)))
    assert paths_of(periods, 14) == expected
    assert paths_of((), 14) == (Mixture(14),)


def test_season_too_long_to_be_kept_bar_by_bar_has_a_climatology_alone() -> None:
    assert paths_of((8_766.0,), 14) == (Climatology((8_766.0,)), Mixture(14))
