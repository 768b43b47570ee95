"""The variance of a mean under dependence, and instants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.proof.longrun import cosines, long_run_covariance, mean_by_instant


@pytest.mark.parametrize(
    ("count", "horizon", "expected"),
    [(850, 14, 30), (850, 1, 35), (200, 3, 13), (200, 14, 7), (30, 14, 3)],
)
def test_cosines_lie_below_the_frequency_of_the_overlap(
    count: int, horizon: int, expected: int
) -> None:
    assert cosines(count, horizon) == expected


def test_covariance_of_moving_sums_is_that_of_theory() -> None:
    """Sums of three shocks with covariance S: the long-run covariance is 9 S."""
    rng, shock_JJ = np.random.default_rng(0), np.array([[1.0, 0.6], [0.6, 2.0]])
    found = []
    for _ in range(400):
        shock_TJ = rng.multivariate_normal([0.0, 5.0], shock_JJ, 602)
        found.append(long_run_covariance(shock_TJ[2:] + shock_TJ[1:-1] + shock_TJ[:-2], 28))
    np.testing.assert_allclose(np.mean(found, axis=0), 9.0 * shock_JJ, rtol=0.06)


def test_instants_by_hand() -> None:
    times_N = np.array([2, 1, 2, 3, 3])
    value_NJ = np.array([[1.0, 5.0], [4.0, np.nan], [3.0, np.nan], [np.nan, 1.0], [7.0, 2.0]])
    expected_TJ = [[4.0, np.nan], [2.0, 5.0], [7.0, 1.5]]
    np.testing.assert_array_equal(mean_by_instant(times_N, value_NJ), expected_TJ)


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_order_of_the_rows_does_not_matter(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    times_N, value_NJ = rng.integers(0, 6, count), rng.normal(size=(count, 2))
    order = rng.permutation(count)
    shuffled = mean_by_instant(times_N[order], value_NJ[order])
    np.testing.assert_allclose(shuffled, mean_by_instant(times_N, value_NJ))
