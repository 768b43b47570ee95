"""Tails and quantiles against SciPy, which the base install has not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from foretell.proof.tails import f_tail, t_quantile, t_tail


@pytest.mark.parametrize("degrees", [1, 3, 4, 5, 7, 10, 17, 40, 200, 849])
def test_tail_of_t(degrees: int) -> None:
    grid = [-1e6, -40.0, -8.0, *np.linspace(-4.0, 4.0, 81).tolist(), 8.0, 40.0]
    ours = [t_tail(statistic, degrees) for statistic in grid]
    np.testing.assert_allclose(ours, stats.t.sf(grid, degrees), rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize(("statistic", "tail"), [(math.inf, 0.0), (-math.inf, 1.0)])
def test_nothing_lies_beyond_infinity(statistic: float, tail: float) -> None:
    assert t_tail(statistic, 5) == tail
    assert f_tail(abs(statistic), 2, 5) == 0.0


@pytest.mark.parametrize("degrees", [3, 13, 30, 100])
@pytest.mark.parametrize("level", [0.005, 0.025, 0.5, 0.9, 0.975, 0.9995])
def test_quantile_of_t(degrees: int, level: float) -> None:
    assert t_quantile(level, degrees) == pytest.approx(stats.t.ppf(level, degrees), abs=1e-7)


@pytest.mark.parametrize(("above", "below"), [(1, 1), (1, 4), (2, 2), (4, 1), (4, 10), (4, 27)])
def test_tail_of_f(above: int, below: int) -> None:
    grid = [0.0, 1e-6, 0.01, *np.linspace(0.1, 6.0, 40).tolist(), 30.0, 1e4]
    ours = [f_tail(statistic, above, below) for statistic in grid]
    np.testing.assert_allclose(ours, stats.f.sf(grid, above, below), rtol=1e-6, atol=1e-9)
