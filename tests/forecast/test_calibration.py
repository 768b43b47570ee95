"""Bands that learn from their misses: the rule, its causality, and what it is for."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.forecast import DEFAULT_LEVELS
from foretell.forecast.calibration import RATE, SLOWING, WIDEST, Calibration, Uncalibrated

LEVELS = np.array(DEFAULT_LEVELS)
MIDDLE = len(LEVELS) // 2
NOMINAL = 1.0 - 2.0 * LEVELS[:MIDDLE]
NORMAL = np.array([
    -1.6448536, -1.2815516, -0.8416212, -0.6744898, -0.5244005, -0.2533471, 0.0,
    0.2533471, 0.5244005, 0.6744898, 0.8416212, 1.2815516, 1.6448536,
])  # fmt: skip


def walk(length: int, horizon: int, *, volatility: float, seed: int = 0) -> Uncalibrated:
    """A random walk, and forecasts that take its volatility for one."""
    steps = np.random.default_rng(seed).normal(0.0, volatility, length)
    target_T = np.cumsum(steps)
    scale_TH = np.broadcast_to(np.sqrt(np.arange(1.0, horizon + 1)), (length, horizon))
    z_THK = np.broadcast_to(NORMAL, (length, horizon, len(LEVELS)))
    return Uncalibrated(target_T, z_THK, np.repeat(target_T[:, None], horizon, 1), scale_TH)


def coverage(history: Uncalibrated, q_THK: np.ndarray, skip: int) -> np.ndarray:
    """Share of targets inside every central band, by horizon, shape (H, B)."""
    shares = []
    for h in range(q_THK.shape[1]):
        y = history.target_T[h + 1 + skip :][:, None]
        q = q_THK[skip : len(q_THK) - h - 1, h]
        shares.append(((y >= q[:, :MIDDLE]) & (y <= q[:, :MIDDLE:-1])).mean(axis=0))
    return np.array(shares)


def test_the_first_forecast_is_left_as_it_is() -> None:
    history = walk(5, 3, volatility=1.0)
    (q_THK,), _ = Calibration(LEVELS, 3).run([history])
    np.testing.assert_allclose(q_THK[0], history.quantiles()[0], rtol=0, atol=1e-15)


@pytest.mark.parametrize("came", [0.0, 100.0])
def test_a_band_moves_by_the_rate_times_the_surprise(came: float) -> None:
    calibration = Calibration(LEVELS, 2)
    state = calibration.begin()
    anchor = np.zeros((1, 2)), np.ones((1, 2))
    z_SHK = np.broadcast_to(NORMAL, (1, 2, len(LEVELS)))
    state.step(np.array([0.0]), z_SHK, *anchor)
    state.step(np.array([came]), z_SHK, *anchor)
    held = 1.0 if came == 0.0 else 0.0
    np.testing.assert_allclose(state.log_width_SHB[0, 0], RATE * (NOMINAL - held))
    assert (state.log_width_SHB[0, 1] == 0.0).all()  # nothing two bars ahead has come yet
    state.step(np.array([came]), z_SHK, *anchor)
    np.testing.assert_allclose(state.log_width_SHB[0, 1], RATE / 2**SLOWING * (NOMINAL - held))


@pytest.mark.parametrize("volatility", [0.5, 1.0, 1.6])
def test_bands_come_to_hold_their_share(volatility: float) -> None:
    history = walk(9_000, 5, volatility=volatility)
    (q_THK,), _ = Calibration(LEVELS, 5).run([history])
    before = coverage(history, history.quantiles(), 1_000) - NOMINAL
    after = coverage(history, q_THK, 1_000) - NOMINAL
    assert np.abs(after).max() < 0.015
    if volatility != 1.0:
        assert np.abs(before).max() > 0.15  # the check can fail


def test_widths_are_bounded() -> None:
    history = walk(3_000, 1, volatility=1e6)
    _, state = Calibration(LEVELS, 1).run([history])
    assert state.log_width_SHB.max() == WIDEST


def test_quantiles_stay_in_order() -> None:
    (q_THK,), _ = Calibration(LEVELS, 4).run([walk(2_000, 4, volatility=3.0)])
    assert (np.diff(q_THK, axis=-1) >= 0.0).all()


def test_a_run_is_the_step_repeated() -> None:
    history, calibration = walk(300, 4, volatility=2.0), Calibration(LEVELS, 4)
    (q_THK,), end = calibration.run([history])
    state = calibration.begin()
    for t, bar in enumerate(zip(*history, strict=True)):
        q_SHK = state.step(*(np.asarray(part)[None] for part in bar))
        np.testing.assert_array_equal(q_SHK[0], q_THK[t])
    for name, part in end.state().items():
        np.testing.assert_array_equal(part, state.state()[name])


def test_series_beside_others_equal_themselves_alone() -> None:
    histories = [walk(n, 3, volatility=v, seed=n) for n, v in ((120, 2.0), (50, 0.5), (0, 1.0))]
    calibration = Calibration(LEVELS, 3)
    together, state = calibration.run(histories)
    for number, history in enumerate(histories):
        (alone,), own = calibration.run([history])
        np.testing.assert_array_equal(together[number], alone)
        np.testing.assert_array_equal(state.log_width_SHB[number], own.log_width_SHB[0])


def test_a_kept_state_goes_on() -> None:
    history, calibration = walk(100, 3, volatility=2.0), Calibration(LEVELS, 3)
    (whole,), _ = calibration.run([history])
    _, half = calibration.run([Uncalibrated(*(part[:60] for part in history))])
    resumed = calibration.begin()
    resumed.restore(half.one(0))
    for t in range(60, 100):
        q_SHK = resumed.step(*(np.asarray(part[t])[None] for part in history))
        np.testing.assert_array_equal(q_SHK[0], whole[t])


def test_later_bars_do_not_move_earlier_bands() -> None:
    history = walk(80, 3, volatility=1.5)
    changed = history._replace(target_T=np.where(np.arange(80) > 40, 50.0, history.target_T))
    calibration = Calibration(LEVELS, 3)
    (one,), (other,) = (calibration.run([each])[0] for each in (history, changed))
    np.testing.assert_array_equal(one[:41], other[:41])
    assert (one[42:] != other[42:]).any()
