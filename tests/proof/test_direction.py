"""Directional accuracy: by hand, its interval and its test in simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from foretell.proof import Direction, directional_accuracy

RUNS, ORIGINS, HORIZON = 300, 400, 5


def one(said: list[float], came: list[float], times: list[int] | None = None) -> Direction:
    """Directions of one horizon, from last values of 100."""
    median_NH, y_NH = (100.0 + np.array(each)[:, None] for each in (said, came))
    times_N = np.arange(len(said)) if times is None else np.array(times)
    return directional_accuracy(median_NH, y_NH, np.full(len(said), 100.0), times_N)[0]


def test_accuracy_by_hand() -> None:
    """Two of three right; one without opinion, one that did not move, one not known yet."""
    found = one([1, 2, -1, 0, 1, 1], [3, -1, -2, 5, 0, np.nan])
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.told == pytest.approx(3 / 5)
    assert (found.lower, found.upper, found.p_value) == (0.0, 1.0, 0.5)


def test_who_never_tells_has_no_accuracy() -> None:
    found = one([0.0] * 50, list(np.random.default_rng(0).normal(size=50)))
    assert np.isnan(found.accuracy)
    assert (found.told, found.p_value) == (0.0, 0.5)


def test_who_always_says_up_shows_no_skill() -> None:
    """Right in two of three in a rising market, and still p = 0.5."""
    came = list(np.random.default_rng(0).normal(0.43, 1.0, 900))
    found = one([1.0] * 900, came)
    assert found.accuracy > 0.6
    assert found.lower > 0.55
    assert found.p_value == 0.5


def test_skill_is_found() -> None:
    rng = np.random.default_rng(1)
    hint = rng.normal(size=600)
    found = one(list(hint), list(0.5 * hint + rng.normal(size=600)))
    assert found.p_value < 1e-4
    assert found.lower > 0.5


def test_who_is_always_right_is_sure_of_no_more_than_the_trials_allow() -> None:
    came = list(np.random.default_rng(2).normal(size=40))
    found = one(came, came)
    assert (found.accuracy, found.upper) == pytest.approx((1.0, 1.0))
    assert 0.8 < found.lower < 0.95
    assert found.p_value < 1e-6


def test_statistic_equals_that_of_pesaran_and_timmermann() -> None:
    """Independent data, many trials: their z of 1992, eq. 6, up to the estimate of its variance."""
    rng = np.random.default_rng(3)
    said = rng.choice([-1.0, 1.0], 40_000, p=[0.3, 0.7])
    came = np.where(rng.uniform(size=40_000) < 0.008, said, rng.choice([-1.0, 1.0], 40_000))
    up_x, up_y, right = (np.mean(each) for each in (said > 0, came > 0, said == came))
    chance = up_x * up_y + (1 - up_x) * (1 - up_y)
    count = 40_000
    own = chance * (1 - chance) / count
    other = (
        (2 * up_y - 1) ** 2 * up_x * (1 - up_x) / count
        + (2 * up_x - 1) ** 2 * up_y * (1 - up_y) / count
        + 4 * up_x * up_y * (1 - up_x) * (1 - up_y) / count**2
    )
    expected = (right - chance) / np.sqrt(own - other)
    found = one(list(said), list(came))
    assert norm.isf(found.p_value) == pytest.approx(expected, rel=0.1)


def overlapping(seed: int, series: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Directions that last, of sums of five shocks, unrelated; series that move together."""
    rng = np.random.default_rng(seed)
    market, opinion = rng.normal(size=(2, ORIGINS + 4 * HORIZON))
    said = np.convolve(opinion, np.ones(3 * HORIZON), mode="valid")[:ORIGINS]
    rows = []
    for _ in range(series):
        shocks = market + 0.5 * rng.normal(size=len(market))
        rows.append(np.convolve(shocks, np.ones(HORIZON), mode="valid")[:ORIGINS])
    median_NH, y_NH = np.full((2, ORIGINS * series, HORIZON), np.nan)  # the last horizon alone
    median_NH[:, -1], y_NH[:, -1] = np.tile(said, series), np.concatenate(rows)
    return median_NH, y_NH, np.zeros(len(y_NH)), np.tile(np.arange(ORIGINS), series)


@pytest.mark.parametrize("series", [1, 4])
def test_size_and_interval_hold_under_overlap(series: int) -> None:
    found = [directional_accuracy(*overlapping(seed, series))[-1] for seed in range(RUNS)]
    assert 0.02 <= np.mean([each.p_value < 0.05 for each in found]) <= 0.09
    assert 0.91 <= np.mean([each.lower <= 0.5 <= each.upper for each in found]) <= 0.985


def test_the_simulation_would_notice_an_interval_that_ignores_overlap() -> None:
    found = []
    for seed in range(RUNS):
        median_NH, y_NH, _, _ = overlapping(seed, 4)
        share = np.mean(np.sign(median_NH[:, -1]) == np.sign(y_NH[:, -1]))
        found.append(abs(share - 0.5) <= 1.96 * np.sqrt(0.25 / len(y_NH)))
    assert np.mean(found) < 0.6
