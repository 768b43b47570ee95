"""What became of forecasts."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.live import Entry, Outcomes
from foretell.proof import BANDS
from foretell.proof.scores import band_coverage
from foretell.series import Frequency

LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
HOUR = Frequency(3_600)


def entry(bar: int, close: float, *, made: float | None = None) -> Entry:
    rng = np.random.default_rng(bar)
    q_HK = 100.0 + np.sort(rng.normal(size=(2, len(LEVELS))), axis=1)
    moment = (bar + 1.01 if made is None else made) * 3_600 * 1_000_000
    times = [3_600 * (bar + ahead) for ahead in (1, 2)]
    return Entry(3_600 * bar, [close] * 4 + [1.0], 0, int(moment), times, q_HK.tolist())


def test_each_forecast_is_decided_by_its_bar() -> None:
    outcomes = Outcomes(LEVELS, HOUR)
    assert outcomes.add(entry(0, 100.0)) == []
    assert np.isnan(outcomes.coverage(0.8))
    (one,) = outcomes.add(entry(1, 100.4))
    assert (one.origin, one.horizon, one.actual) == (0, 1, 100.4)
    two, three = outcomes.add(entry(2, 99.0))
    assert [(each.origin, each.horizon) for each in (two, three)] == [(0, 2), (3_600, 1)]
    error_K = np.log(99.0) - np.log(entry(0, 0.0).q_HK[1])
    levels_K = np.array(LEVELS)
    assert two.loss == pytest.approx(
        np.maximum(levels_K * error_K, (levels_K - 1) * error_K).mean()
    )


def test_a_bar_that_never_came_decides_nothing() -> None:
    outcomes = Outcomes(LEVELS, HOUR)
    outcomes.add(entry(0, 100.0))
    assert [each.horizon for each in outcomes.add(entry(2, 100.0))] == [2]


def test_coverage_is_that_of_the_record() -> None:
    outcomes = Outcomes(LEVELS, HOUR)
    closes = 100.0 + np.random.default_rng(9).normal(size=60)
    entries = [entry(bar, float(close)) for bar, close in enumerate(closes)]
    for each in entries:
        outcomes.add(each)
    q_NHK = np.array([each.quantiles for each in entries])
    y_NH = np.full((60, 2), np.nan)
    y_NH[:-1, 0], y_NH[:-2, 1] = closes[1:], closes[2:]
    for band in BANDS:
        share_H = band_coverage(y_NH, q_NHK, np.array(LEVELS), band)
        whole = (share_H * [59, 58]).sum() / (59 + 58)
        assert outcomes.coverage(band) == pytest.approx(whole)
    assert outcomes.count == 59 + 58


def test_a_forecast_that_was_entered_too_late_is_not_counted() -> None:
    outcomes = Outcomes(LEVELS, HOUR)
    outcomes.add(entry(0, 100.0, made=2.5))  # bar 1 has closed, bar 2 has not
    (one,) = outcomes.add(entry(1, 100.0, made=2.5))
    assert one.late
    assert outcomes.count == 0
    two, _ = outcomes.add(entry(2, 100.0))
    assert not two.late
    assert outcomes.count == 2
