"""Holt's method with a damped trend, by hand and in its other form."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.features import DampedTrend


def test_one_step_by_hand() -> None:
    # Level 10, no trend; then 14: expected 10, level 12, trend .5 * (12 - 10) = 1.
    holt = DampedTrend(alpha=0.5, beta=0.5, phi=0.8).start()
    holt.step(10.0, 1)
    assert holt.ahead(2, 10.0) == [10.0, 10.0]
    holt.step(14.0, 1)
    assert holt.ahead(3, 14.0) == pytest.approx([12.8, 12.8 + 0.64, 12.8 + 0.64 + 0.512])
    assert holt.expected(14.0) == holt.ahead(1, 14.0)[0]


def test_equals_the_error_correction_form() -> None:
    y_T = 10.0 + np.cumsum(np.random.default_rng(0).normal(size=60))
    alpha, beta, phi = 0.4, 0.1, 0.9
    holt = DampedTrend(alpha, beta / alpha, phi).start()
    states = np.zeros((61, 2))
    states[0] = [y_T[0], 0.0]
    for bar, value in enumerate(y_T):  # Hyndman et al. 2008, table 2.1, (A, Ad, N)
        error = value - states[bar] @ [1.0, phi]
        states[bar + 1] = [states[bar, 0] + phi * states[bar, 1] + alpha * error,
                           phi * states[bar, 1] + beta * error]  # fmt: skip
        holt.step(value, 1)
    expected = states[-1, 0] + states[-1, 1] * np.cumsum(phi ** np.arange(1, 6))
    assert holt.ahead(5, 0.0) == pytest.approx(expected.tolist())


def test_straight_line_is_found() -> None:
    holt = DampedTrend(alpha=0.5, beta=0.3, phi=1.0).start()
    for bar in range(200):
        holt.step(3.0 + 2.0 * bar, 1)
    assert holt.ahead(3, 0.0) == pytest.approx([403.0, 405.0, 407.0])


def test_first_value_is_expected_of_nothing() -> None:
    assert DampedTrend(0.5, 0.5, 0.8).start().expected(7.0) == 7.0
