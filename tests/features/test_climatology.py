"""Waves with the periods of the seasons: found, learned on the way, forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.features import Climatology
from foretell.features.climatology import MEMORY
from foretell.features.paths import Recursion


def waves(bars: int, *periods: float) -> np.ndarray:
    t = np.arange(bars)
    return 7.0 + sum(
        number * np.sin(2.0 * np.pi * t / period + number)
        for number, period in enumerate(periods, 1)
    )


def after(values: np.ndarray, of: Climatology, bars: int = 1) -> Recursion:
    recursion = of.start()
    for value in values.tolist():
        recursion.step(value, bars)
    return recursion


@pytest.mark.parametrize("periods", [(24.0,), (37.3,), (7.0, 91.31)])
def test_waves_are_carried_on(periods: tuple[float, ...]) -> None:
    series = waves(1_020, *periods)
    recursion = after(series[:1_000], Climatology(periods))
    assert recursion.ahead(20, 0.0) == pytest.approx(series[1_000:], abs=0.05)
    assert recursion.expected(0.0) == recursion.ahead(1, 0.0)[0]


def test_before_a_period_has_passed_the_last_value_stands_in() -> None:
    recursion = after(waves(23, 24.0), Climatology((24.0,)))
    assert recursion.ahead(2, 3.0) == [3.0, 3.0]
    assert recursion.expected(3.0) == 3.0


def test_is_least_squares_with_weights_that_fade() -> None:
    of, rng = Climatology((12.0,), harmonics=1), np.random.default_rng(0)
    series = rng.normal(size=100)
    angle = 2.0 * np.pi * np.arange(101)[:, None] / 12.0
    design = np.hstack([np.ones((101, 1)), np.sin(angle), np.cos(angle)])
    weight = np.exp(-np.arange(99, -1, -1) / (MEMORY * 12.0))
    gram = design[:100].T @ (weight[:, None] * design[:100])
    ridge = np.diag([0.0, 1.0, 1.0]) * 0.002 * weight.sum()
    expected = design[100] @ np.linalg.solve(gram + ridge, design[:100].T @ (weight * series))
    assert after(series, of).expected(0.0) == pytest.approx(expected)


def test_noise_is_averaged_out() -> None:
    noise = np.random.default_rng(0).normal(size=2_400)
    recursion = after(waves(2_400, 24.0) + noise, Climatology((24.0,)))
    miss = np.array(recursion.ahead(24, 0.0)) - waves(2_424, 24.0)[2_400:]
    assert np.sqrt((miss**2).mean()) < 0.3  # a seasonal naive forecast misses by 1


def test_missing_bars_keep_the_phase() -> None:
    series = waves(3_000, 24.0)
    recursion = after(series[::2], Climatology((24.0,)), bars=2)
    # The first step counts two bars as well, so that the last bar is number 2,999.
    shifted = waves(3_010, 24.0)[2_999:][:5]
    assert recursion.ahead(5, 0.0) == pytest.approx(shifted, abs=0.1)


def test_climate_that_changes_is_followed() -> None:
    series = np.concatenate([waves(600, 24.0), 20.0 + waves(1_200, 24.0)])
    ahead = after(series, Climatology((24.0,))).ahead(24, 0.0)
    assert np.mean(ahead) == pytest.approx(27.0, abs=0.1)


def test_waves_shorter_than_two_bars_are_left_out() -> None:
    assert Climatology((3.0,), harmonics=2).pace_W == pytest.approx([2.0 * np.pi / 3.0])
