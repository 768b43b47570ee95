"""Correlations of many units with one thing."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.memory.correlation import correlations


def test_correlations_are_pearson_s() -> None:
    rng = np.random.default_rng(0)
    memory_NU, mark_N = rng.normal(size=(200, 4)), rng.normal(size=200)
    memory_NU[:, 2] += mark_N
    wanted_U = [np.corrcoef(memory_NU[:, unit], mark_N)[0, 1] for unit in range(4)]
    assert correlations(memory_NU.astype(np.float32), mark_N) == pytest.approx(wanted_U, abs=1e-5)


def test_unit_that_does_not_move_goes_with_nothing() -> None:
    assert correlations(np.ones((5, 1)), np.arange(5.0)).tolist() == [0.0]
    assert correlations(np.arange(5.0)[:, None], np.ones(5)).tolist() == [0.0]
