"""Sharpe ratios against luck: the papers' own figures, other formulas, and simulation.

Figures of the 2012 paper (Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier, Journal
of Risk 15) and of the two of 2014 (The Deflated Sharpe Ratio, Journal of Portfolio Management 40;
with Borwein and Zhu, Pseudo-Mathematics and Financial Charlatanism, Notices of the AMS 61), to
the digits that are quoted of them; the papers themselves were not at hand when this was written.
"""

from __future__ import annotations

from itertools import combinations
from math import inf, log, sqrt

import numpy as np
import pytest
from scipy.stats import kurtosis, rankdata, skew

from foretell.errors import ShortHistory, UsageError
from foretell.proof import (
    Moments,
    deflated_sharpe,
    expected_maximum,
    minimum_backtest_length,
    minimum_track_record,
    overfitting_probability,
    probabilistic_sharpe,
)
from foretell.proof.overfitting import _halves

FUND = {"skewness": -2.448, "kurtosis": 10.164}  # 2012: a hedge fund's 24 months
HEDGED = {"skewness": -0.72, "kurtosis": 5.78}  # 2012: an index of hedge funds, by the month


# -- worked examples ---------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "printed"), [({}, 0.982), (FUND, 0.913)])
def test_probability_of_the_2012_example(shape: dict[str, float], printed: float) -> None:
    assert probabilistic_sharpe(Moments(24, 0.458, **shape)) == pytest.approx(printed, abs=5e-4)


@pytest.mark.parametrize(
    ("bars_a_year", "shape", "printed"),
    [(250, {}, 2.73), (52, {}, 2.83), (12, {}, 3.24), (12, HEDGED, 4.99)],
)
def test_track_record_of_the_2012_examples(
    bars_a_year: int, shape: dict[str, float], printed: float
) -> None:
    """Years before an annual Sharpe ratio of 2 is above 1 with 95% confidence."""
    moments = Moments(0, 2.0 / sqrt(bars_a_year), **shape)
    bars = minimum_track_record(moments, 1.0 / sqrt(bars_a_year))
    assert bars / bars_a_year == pytest.approx(printed, abs=5e-3)


def test_deflation_of_the_2014_example() -> None:
    """2.5 a year over 1,250 days, the best of 100 trials whose annual ratios vary by 1/2."""
    moments = Moments(1_250, 2.5 / sqrt(250), -3.0, 10.0)
    result = deflated_sharpe(moments, 100, 0.5 / 250)
    assert result.benchmark == pytest.approx(0.1132, abs=5e-5)
    assert result.probability == pytest.approx(0.9004, abs=5e-5)
    assert deflated_sharpe(moments, 46, 0.5 / 250).probability == pytest.approx(0.9505, abs=5e-5)


def test_normal_returns_of_the_2014_example_could_stand_more_trials() -> None:
    moments = Moments(1_250, 2.5 / sqrt(250))
    assert deflated_sharpe(moments, 88, 0.5 / 250).probability == pytest.approx(0.9505, abs=5e-5)


def test_best_of_ten_and_backtest_lengths_of_the_notices_paper() -> None:
    assert expected_maximum(10) == pytest.approx(1.57, abs=5e-3)
    assert minimum_backtest_length(7) == pytest.approx(2.0, abs=0.15)  # "only seven", two years
    assert minimum_backtest_length(45) <= 5.0 < minimum_backtest_length(46)


# -- properties --------------------------------------------------------------------------------


def test_moments_equal_those_of_scipy() -> None:
    returns = np.random.default_rng(0).gamma(2.0, 0.01, 500) - 0.015
    moments = Moments.of(returns)
    assert moments.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1))
    assert moments.skewness == pytest.approx(skew(returns))
    assert moments.kurtosis == pytest.approx(kurtosis(returns, fisher=False))


def test_an_account_that_never_moved_has_no_sharpe_ratio() -> None:
    assert Moments.of(np.zeros(10)) == Moments(10, 0.0)
    with pytest.raises(ShortHistory, match="1 returns have no Sharpe ratio"):
        Moments.of(np.zeros(1))


def test_track_record_is_where_the_probability_reaches_the_confidence() -> None:
    moments = Moments(0, 0.1, -0.5, 6.0)
    bars = minimum_track_record(moments, 0.03, 0.9)
    again = Moments(bars, 0.1, -0.5, 6.0)  # type: ignore[arg-type]
    assert probabilistic_sharpe(again, 0.03) == pytest.approx(0.9)
    assert minimum_track_record(moments, 0.1) == inf


@pytest.mark.parametrize("trials", [2, 5, 30, 400])
def test_expected_maximum_is_that_of_simulated_normals(trials: int) -> None:
    best = np.random.default_rng(trials).normal(size=(4_000, trials)).max(axis=1)
    assert expected_maximum(trials) == pytest.approx(best.mean(), abs=0.08)


def test_one_trial_is_not_deflated_and_none_is_refused() -> None:
    moments = Moments(500, 0.08, -1.0, 8.0)
    assert deflated_sharpe(moments, 1).probability == probabilistic_sharpe(moments)
    with pytest.raises(UsageError, match="0 trials"):
        deflated_sharpe(moments, 0)


def test_the_best_of_many_without_skill_is_not_taken_for_skill() -> None:
    """The best of 50 looks certain by itself in most runs; deflated, in about one of twenty."""
    rng = np.random.default_rng(4)
    plain, deflated = [], []
    for _ in range(200):
        trials = [Moments.of(each) for each in rng.normal(0.0, 0.01, (50, 300))]
        best = max(trials, key=lambda each: each.sharpe)
        variance = float(np.var([each.sharpe for each in trials], ddof=1))
        plain.append(probabilistic_sharpe(best) > 0.95)
        deflated.append(deflated_sharpe(best, 50, variance).probability > 0.95)
    assert np.mean(plain) > 0.8
    assert np.mean(deflated) < 0.1


# -- overfitting -------------------------------------------------------------------------------


def plain_overfitting(returns: np.ndarray, blocks: int) -> list[float]:
    """Logits by the paper's own steps, one split at a time."""
    parts = np.split(returns, blocks)
    logits = []
    for chosen in combinations(range(blocks), blocks // 2):
        inside = np.concatenate([parts[b] for b in chosen])
        outside = np.concatenate([parts[b] for b in range(blocks) if b not in chosen])
        pick = np.argmax(inside.mean(axis=0) / inside.std(axis=0))
        rank = rankdata(outside.mean(axis=0) / outside.std(axis=0))[pick]
        share = rank / (returns.shape[1] + 1)
        logits.append(log(share / (1 - share)))
    return logits


def noise(seed: int, bars: int = 320, trials: int = 20) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.01, (bars, trials))


def test_logits_equal_those_of_the_plain_algorithm() -> None:
    returns = noise(0)
    result = overfitting_probability(returns, 8)
    expected = plain_overfitting(returns, 8)
    np.testing.assert_allclose(result.logit_C, expected, rtol=1e-9)
    assert result.probability == np.mean(np.array(expected) <= 0.0)


def test_all_halves_are_tried_once() -> None:
    halves = _halves(16)
    assert halves.shape == (12_870, 16)
    assert (halves.sum(axis=1) == 8).all()
    assert len({row.tobytes() for row in halves}) == 12_870


def test_noise_is_overfitted_half_of_the_time() -> None:
    found = [overfitting_probability(noise(seed), 8).probability for seed in range(100)]
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)


def test_a_truly_better_trial_is_not_overfitting() -> None:
    returns = noise(1)
    returns[:, 7] += 0.005
    result = overfitting_probability(returns)
    assert result.probability < 0.01
    assert result.loss < 0.01


def test_trials_that_each_had_one_good_spell_are_overfitted() -> None:
    """The pick shone inside by blocks that are then missing outside."""
    returns = noise(2, 320, 8)
    for trial, spell in enumerate(np.split(np.arange(320), 8)):
        returns[spell, trial] += 0.02
        returns[:, trial] -= 0.0035
    assert overfitting_probability(returns, 8).probability > 0.9


def test_trials_that_are_the_same_share_the_middle_rank() -> None:
    returns = np.repeat(noise(3, 64, 1), 5, axis=1)
    result = overfitting_probability(returns, 4)
    assert not result.logit_C.any()
    assert result.probability == 1.0  # the median is not better than the median


def test_trials_that_never_traded_do_no_harm() -> None:
    returns = noise(4)
    returns[:, 3] = 0.0
    assert np.isfinite(overfitting_probability(returns, 8).logit_C).all()


@pytest.mark.parametrize(
    ("returns", "blocks", "kind", "said"),
    [
        (noise(0), 7, UsageError, "7 blocks cannot be halved"),
        (noise(0)[:, :1], 8, UsageError, "at least 2 trials"),
        (noise(0)[:15], 8, ShortHistory, "15 bars for 8 blocks"),
        (np.full((64, 3), np.nan), 8, UsageError, "not finite"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    returns: np.ndarray, blocks: int, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        overfitting_probability(returns, blocks)
