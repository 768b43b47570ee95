"""Periods that were planted are found, and none where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.forecast.detection import detected_periods

BARS = 600


def noise(kind: str, seed: int) -> np.ndarray:
    white_T = np.random.default_rng(seed).normal(size=BARS)
    if kind == "walk":
        return np.cumsum(white_T)
    kept = {"white": 0.0, "red": 0.8}[kind]
    for bar in range(1, BARS):
        white_T[bar] += kept * white_T[bar - 1]
    return white_T


@pytest.mark.parametrize("kind", ["white", "red", "walk"])
def test_noise_has_no_period(kind: str) -> None:
    found = [detected_periods(noise(kind, seed)) for seed in range(60)]
    assert sum(map(bool, found)) <= 1  # the level of the test is one in a thousand


@pytest.mark.parametrize("period", [7, 24, 37])
@pytest.mark.parametrize("kind", ["white", "red"])
def test_wave_in_noise_is_found(period: int, kind: str) -> None:
    wave_T = 3.0 * np.sin(2.0 * np.pi * np.arange(BARS) / period)
    found, *others = detected_periods(wave_T + noise(kind, 1))
    assert found == pytest.approx(period, rel=0.04)
    assert len(others) <= 1


def test_period_is_that_of_the_whole_season_and_not_of_a_part() -> None:
    profile = np.array([3.0, 0.0, -3.0, 1.0, 2.0, 3.0, -3.0, -3.0])  # strongest at half of it
    found = detected_periods(np.resize(profile, BARS) + 0.3 * noise("white", 2))
    assert found == (8.0,)


def test_period_need_not_be_whole() -> None:
    wave_T = np.sin(2.0 * np.pi * np.arange(BARS) / 29.53)
    assert detected_periods(wave_T + 0.2 * noise("white", 3)) == pytest.approx([29.53], abs=0.1)


def test_several_periods_are_found_the_strongest_first() -> None:
    bars = np.arange(2_000)
    wave_T = 3.0 * np.sin(2.0 * np.pi * bars / 24) + 2.0 * np.sin(2.0 * np.pi * bars / 168)
    white_T = np.random.default_rng(0).normal(size=2_000)
    assert detected_periods(wave_T + white_T) == pytest.approx([24.0, 168.0], rel=0.01)


def test_trend_hides_no_period_and_makes_none() -> None:
    line_T, white_T = 0.5 * np.arange(BARS), noise("white", 4)
    assert detected_periods(line_T + white_T) == ()
    wave_T = 2.0 * np.sin(2.0 * np.pi * np.arange(BARS) / 12)
    assert detected_periods(line_T + white_T + wave_T) == (12.0,)


@pytest.mark.parametrize(
    "level_T", [np.zeros(0), np.arange(5.0), np.full(100, 3.0), np.arange(90.0)]
)
def test_short_and_still_series_have_none(level_T: np.ndarray) -> None:
    assert detected_periods(level_T) == ()


def test_unit_does_not_matter() -> None:
    wave_T = np.sin(2.0 * np.pi * np.arange(BARS) / 24) + 0.3 * noise("white", 5)
    assert detected_periods(1e9 * wave_T + 1e6) == detected_periods(wave_T) == (24.0,)
