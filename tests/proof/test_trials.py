"""What makes two trials the same, and how many a result is held against."""

from __future__ import annotations

from dataclasses import replace
from math import nan, sqrt

import numpy as np
import pytest

from foretell.errors import UsageError
from foretell.proof import Moments, Trial, Trials, deflated_sharpe

YEAR = 365.25
TRIAL = Trial(
    kind="backtest",
    data="d" * 64,
    series=("BTC", "ETH"),
    configuration={"hidden_size": 64, "rule": {"name": "Kelly", "cap": 1.0}},
    horizon=14,
    start=1_704_067_200,
    end=1_735_603_200,
    moments=Moments(365, 0.05, -0.3, 5.0),
    bars_per_year=YEAR,
)


def with_sharpe(annual: float, number: int) -> Trial:
    moments = Moments(365, annual / sqrt(YEAR))
    return replace(TRIAL, configuration={"number": number}, moments=moments)


def test_order_of_keys_and_kind_of_number_do_not_matter() -> None:
    turned = {"rule": {"cap": np.float64(1.0), "name": "Kelly"}, "hidden_size": np.int64(64)}
    assert replace(TRIAL, configuration=turned).config == TRIAL.config


@pytest.mark.parametrize("changed", [{"horizon": 7}, {"configuration": {"hidden_size": 32}}])
def test_whatever_was_chosen_makes_another_configuration(changed: dict[str, object]) -> None:
    assert replace(TRIAL, **changed).config != TRIAL.config


def test_written_and_read_it_is_the_same() -> None:
    again = Trial.from_dict(TRIAL.to_dict())
    assert again == TRIAL
    assert Trial.from_dict(TRIAL.to_dict() | {"added_later": 1}) == TRIAL
    assert Trial.from_dict(replace(TRIAL, moments=None).to_dict()).sharpe is None


def test_repeats_count_once_also_with_more_bars() -> None:
    grown = replace(TRIAL, data="e" * 64, end=TRIAL.end + 86_400, summary={"skill": 0.1})
    assert Trials.distinct([TRIAL, TRIAL, grown]).entries == [grown]


def test_another_selection_of_series_counts_again() -> None:
    assert len(Trials.distinct([TRIAL, replace(TRIAL, series=("BTC",))])) == 2
    assert len(Trials.distinct([TRIAL, replace(TRIAL, series=("ETH", "BTC"))])) == 1


def test_variance_is_of_one_bar_whatever_the_time_step() -> None:
    daily = [with_sharpe(annual, n) for n, annual in enumerate((0.5, 1.0, 2.0))]
    hourly = [
        replace(each, bars_per_year=24 * YEAR, moments=Moments(8_760, annual / sqrt(24 * YEAR)))
        for each, annual in zip(daily, (0.5, 1.0, 2.0), strict=True)
    ]
    expected = np.var([0.5, 1.0, 2.0], ddof=1) / YEAR
    assert Trials(daily).variance(YEAR) == pytest.approx(expected)
    assert Trials(hourly).variance(YEAR) == pytest.approx(expected)
    assert Trials(daily[:1]).variance(YEAR) is None


def test_many_trials_deflate_by_their_own_variance() -> None:
    """The example of the 2014 paper, from entries: 100 trials, annual variance of one half."""
    annual = np.random.default_rng(0).normal(size=100)
    annual *= sqrt(0.5) / annual.std(ddof=1)
    trials = Trials([with_sharpe(each, n) for n, each in enumerate(annual.tolist())])
    result = trials.deflate(Moments(1_250, 2.5 / sqrt(250), -3.0, 10.0), 250.0)
    assert (result.trials, result.benchmark) == (100, pytest.approx(0.1132, abs=5e-5))
    assert result.probability == pytest.approx(0.9004, abs=5e-5)


def test_few_trials_that_are_alike_are_no_licence() -> None:
    alike = Trials([with_sharpe(1.0 + n / 1_000, n) for n in range(5)])
    moments = Moments(365, 0.1)
    assert alike.deflate(moments, YEAR) == deflated_sharpe(moments, 5, 1.0 / 364)


def test_trials_that_traded_nothing_still_count() -> None:
    quiet = [replace(with_sharpe(0.0, n), moments=None) for n in range(30)]
    assert Trials(quiet).deflate(Moments(365, 0.1), YEAR).trials == 30


def test_no_entry_is_as_one_trial() -> None:
    assert Trials([]).deflate(Moments(365, 0.1), YEAR).benchmark == 0.0


def test_what_json_cannot_hold_is_refused_and_not_finite_is_null() -> None:
    with pytest.raises(UsageError, match="a trial holds what JSON cannot"):
        _ = replace(TRIAL, configuration={"rule": object()}).config
    assert replace(TRIAL, configuration={"x": nan}).config == replace(
        TRIAL, configuration={"x": None}
    ).config  # fmt: skip
