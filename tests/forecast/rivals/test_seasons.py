"""The season that a series shows, and the one that a step suggests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from foretell.forecast.rivals.seasons import periods, season, shown_season
from foretell.series import Frequency, Sequence

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@pytest.mark.parametrize(
    ("frequency", "bars"),
    [
        (Frequency(MINUTE), 1_440),
        (Frequency(15 * MINUTE), 96),
        (Frequency(HOUR), 24),
        (Frequency(4 * HOUR), 6),
        (Frequency(7 * HOUR), 1),
        (Frequency(DAY), 7),
        (Frequency(DAY, weekdays=frozenset(range(5))), 5),
        (Frequency(3 * DAY), 1),
        (Frequency(7 * DAY), 52),
        (Frequency(30 * DAY, months=1), 12),
        (Frequency(90 * DAY, months=3), 4),
        (Frequency(360 * DAY, months=12), 1),
        (Frequency(150 * DAY, months=5), 1),
    ],
    ids=str,
)
def test_season(frequency: Frequency, bars: int) -> None:
    assert season(frequency) == bars


def test_shown_season_is_the_longest_that_fits(make: Callable[..., Sequence]) -> None:
    bars = np.arange(1_200)
    wave_T = np.sin(2.0 * np.pi * bars / 24) + np.sin(2.0 * np.pi * bars / 168)
    noise_T = np.random.default_rng(0).normal(size=1_200)
    row = make(3.0 * wave_T + noise_T, Frequency(HOUR))
    assert periods(row) == (24.0, 168.0)
    assert shown_season(row) == 168
    assert shown_season(row, longest=100) == 24
    assert shown_season(row, longest=20) == 24  # that of the step


def test_without_a_shown_season_it_is_that_of_the_step(make: Callable[..., Sequence]) -> None:
    row = make(np.random.default_rng(0).normal(size=400))
    assert periods(row) == ()
    assert shown_season(row) == 7


def test_prices_show_none(make: Callable[..., Sequence]) -> None:
    wave_T = np.sin(2.0 * np.pi * np.arange(400) / 24)
    assert periods(make(wave_T, log=True)) == ()
