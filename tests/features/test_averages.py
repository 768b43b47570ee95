"""The exponentially weighted mean, its start and its state."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.features.averages import Average

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


def test_steps_follow_the_recursion_by_hand() -> None:
    average = Average(0.75)  # plain mean for four values, then a quarter of each new one
    seen = [average.step(value) for value in (8.0, 4.0, 0.0, 12.0, 10.0, 2.0)]
    assert seen == pytest.approx([8.0, 6.0, 4.0, 6.0, 7.0, 5.75], rel=1e-15)


@given(NUMBERS)
def test_start_is_the_plain_mean(values: list[float]) -> None:
    average = Average(1.0 - 1.0 / len(values))
    last = [average.step(value) for value in values][-1]
    assert last == pytest.approx(np.mean(values), rel=1e-9, abs=1e-6)


@given(st.floats(-1e6, 1e6), st.floats(0.0, 0.999))
def test_constant_stays_itself(value: float, decay: float) -> None:
    average = Average(decay)
    assert {average.step(value) for _ in range(20)} == {value}


@given(NUMBERS, NUMBERS)
def test_restored_average_goes_on_bit_for_bit(before: list[float], after: list[float]) -> None:
    kept, fresh = Average(0.94), Average(0.94)
    for value in before:
        kept.step(value)
    fresh.restore(kept.state())
    assert [fresh.step(value) for value in after] == [kept.step(value) for value in after]


def test_weight_of_an_old_value_decays_by_the_decay() -> None:
    average = Average(0.5)
    average.step(0.0)
    average.step(0.0)
    assert [average.step(value) for value in (1.0, 0.0, 0.0)] == [0.5, 0.25, 0.125]
