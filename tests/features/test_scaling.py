"""Standardisation with the figures of the training span."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.features import Standardiser

RNG = np.random.default_rng(0)
INPUTS_NF = RNG.normal([3.0, -200.0, 0.0], [2.0, 50.0, 0.001], (500, 3))


def test_training_span_gets_zero_mean_and_unit_spread() -> None:
    scaled_NF = Standardiser.fit(INPUTS_NF).apply(INPUTS_NF)
    assert scaled_NF.mean(axis=0) == pytest.approx([0.0] * 3, abs=1e-5)
    assert scaled_NF.std(axis=0) == pytest.approx([1.0] * 3, abs=1e-5)


def test_later_values_do_not_change_the_figures() -> None:
    standardiser = Standardiser.fit(INPUTS_NF)
    before = standardiser.apply(INPUTS_NF)
    standardiser.apply(INPUTS_NF * 1_000.0)
    assert np.array_equal(standardiser.apply(INPUTS_NF), before)


def test_figures_by_hand() -> None:
    standardiser = Standardiser.fit(np.array([[1.0], [5.0]]))
    assert (standardiser.mean_F[0], standardiser.spread_F[0]) == (3.0, 2.0)
    assert standardiser.apply(np.array([4.0])) == pytest.approx([0.5])


def test_input_that_never_varies_becomes_zero() -> None:
    standardiser = Standardiser.fit(np.full((50, 2), [0.1, 1e9]))
    assert standardiser.apply(np.array([0.1, 1e9])) == pytest.approx([0.0, 0.0], abs=1e-9)
    assert standardiser.apply(np.array([1.1, 1e9])) == pytest.approx([1.0, 0.0])


def test_values_never_seen_are_clipped() -> None:
    standardiser = Standardiser.fit(INPUTS_NF)
    assert standardiser.apply(np.array([1e9, -1e9, 0.0])).tolist()[:2] == [10.0, -10.0]


def test_one_row_is_scaled_as_many_are() -> None:
    standardiser = Standardiser.fit(INPUTS_NF)
    one_by_one = np.array([standardiser.apply(row) for row in INPUTS_NF])
    assert np.array_equal(standardiser.apply(INPUTS_NF), one_by_one)


def test_result_is_single_precision() -> None:
    assert Standardiser.fit(INPUTS_NF).apply(INPUTS_NF).dtype == np.float32
