"""How sure a mean or a skill is, and whether two of them agree."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from foretell.proof.estimates import Estimate, agreement, estimated_mean, estimated_skill

HORIZON = 5


def overlapping(rng: np.random.Generator, count: int) -> np.ndarray:
    """Moving sums: what errors of forecasts five bars ahead look like."""
    noise = rng.normal(size=count + HORIZON - 1)
    return np.convolve(noise, np.ones(HORIZON), mode="valid")


def test_error_of_a_mean_is_that_of_repeated_draws() -> None:
    rng = np.random.default_rng(0)
    found = [estimated_mean(overlapping(rng, 400), HORIZON) for _ in range(300)]
    spread = np.std([each.value for each in found])
    assert np.sqrt(np.mean([each.error**2 for each in found])) == pytest.approx(spread, rel=0.15)


def test_error_of_a_skill_is_that_of_repeated_draws() -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(300):
        rival_T = 3.0 + 0.3 * overlapping(rng, 400)
        found.append(estimated_skill(0.8 * rival_T + rng.normal(0, 0.5, 400), rival_T, HORIZON))
    assert np.mean([each.value for each in found]) == pytest.approx(0.2, abs=0.01)
    spread = np.std([each.value for each in found])
    assert np.sqrt(np.mean([each.error**2 for each in found])) == pytest.approx(spread, rel=0.15)


def test_too_few_origins_have_no_error() -> None:
    found = estimated_mean(np.ones(2 * HORIZON), HORIZON)
    assert (found.value, found.degrees) == (1.0, 0)
    assert np.isnan(found.error)
    assert np.isnan(agreement(found, Estimate(1.0, 0.1, 9)).p_value)


def test_agreement_is_welchs_test() -> None:
    rng = np.random.default_rng(2)
    one_T, other_T = rng.normal(0.0, 1.0, 20), rng.normal(0.5, 3.0, 50)
    estimates = [
        Estimate(float(x.mean()), float(x.std(ddof=1) / np.sqrt(len(x))), len(x) - 1)
        for x in (one_T, other_T)
    ]
    theirs = stats.ttest_ind(one_T, other_T, equal_var=False)
    assert agreement(*estimates).p_value == pytest.approx(theirs.pvalue, abs=0.01)  # whole degrees


def test_equal_ones_differ_as_often_as_they_may() -> None:
    rng = np.random.default_rng(3)
    p = [
        agreement(
            *(estimated_mean(overlapping(rng, count), HORIZON) for count in (150, 600))
        ).p_value
        for _ in range(600)
    ]
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.09


def test_a_difference_that_is_called_visible_is_seen_in_four_of_five_cases() -> None:
    rng = np.random.default_rng(4)
    visible = np.median(
        [
            agreement(*(estimated_mean(overlapping(rng, 400), HORIZON) for _ in range(2))).visible
            for _ in range(100)
        ]
    )
    seen = [
        agreement(
            estimated_mean(overlapping(rng, 400), HORIZON),
            estimated_mean(overlapping(rng, 400) + visible, HORIZON),
        ).p_value < 0.05
        for _ in range(300)
    ]  # fmt: skip
    assert 0.7 < np.mean(seen) < 0.9


@pytest.mark.parametrize("tests", [1, 2])
def test_what_is_visible_stands_out_among_all_tests(tests: int) -> None:
    """Drawn with errors that are known well; Holm asks the smallest p times their number."""
    rng = np.random.default_rng(5)
    sure = [Estimate(0.0, 0.3, 400), Estimate(0.0, 0.4, 400)]
    visible = agreement(*sure, tests).visible
    seen = [
        tests * agreement(Estimate(found, 0.3, 400), sure[1]).p_value < 0.05
        for found in rng.normal(visible, 0.5, 4_000)
    ]
    assert np.mean(seen) == pytest.approx(0.8, abs=0.02)
