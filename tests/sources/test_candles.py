"""Rows of an answer: sorted, each once, within the span, and possible."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.series import frequency
from foretell.sources.candles import cleaned, frame_of
from foretell.store import Store

HOUR = frequency("1h")


def row(bar: int, close: float = 100.0, **more: float) -> list[Any]:
    values = {"open": 100.0, "high": 101.0, "low": 99.0, "close": close, "volume": 1.0} | more
    return [bar * 3_600_000, *values.values()]


@given(st.permutations([row(bar) for bar in range(9)]), st.lists(st.integers(0, 8)))
def test_order_and_repetitions_do_not_matter(rows: list[Any], again: list[int]) -> None:
    found = cleaned(rows + [row(bar) for bar in again], 2 * 3_600, 6 * 3_600, HOUR)
    assert found.time_T.tolist() == [bar * 3_600 for bar in range(2, 7)]
    assert found.goes_on


def test_the_later_of_two_counts() -> None:
    found = cleaned([row(1, 100.0), row(1, 100.5)], 0, 9_999, HOUR)
    assert found.values_TV[:, 3].tolist() == [100.5]


@pytest.mark.parametrize(
    "wrong",
    [
        row(1, float("nan")), row(1, high=99.5), row(1, low=100.5), row(1, low=0.0),
        row(1, volume=-1.0), row(1, high=float("inf")), [*row(1)[:5], None],
    ],
)  # fmt: skip
def test_what_cannot_be_is_set_aside(wrong: list[Any]) -> None:
    found = cleaned([row(0), wrong, row(2)], 0, 2 * 3_600, HOUR)
    assert found.time_T.tolist() == [0, 7_200]
    assert found.unusable_B.tolist() == [3_600]


def test_what_is_off_the_grid_is_set_aside() -> None:
    late = row(1)
    late[0] += 60_000
    found = cleaned([row(0), late], 0, 9_999, HOUR)
    assert (found.time_T.tolist(), found.unusable_B.tolist()) == ([0], [3_660])


def test_nothing_comes_of_nothing() -> None:
    found = cleaned([], 0, 9_999, HOUR)
    assert (len(found.time_T), len(found.unusable_B), found.goes_on) == (0, 0, False)


@given(st.lists(st.tuples(*[st.floats(-1.0, 200.0) | st.just(np.nan)] * 5), max_size=8))
def test_the_store_takes_all_that_is_left(values: list[tuple[float, ...]]) -> None:
    """Its rules and those here are the same."""
    from tempfile import TemporaryDirectory

    rows = [[bar * 3_600_000, *each] for bar, each in enumerate(values)]
    frame = frame_of("A/B", cleaned(rows, 0, 10**6, HOUR))
    assert frame.schema["time"] == pl.Datetime("us", "UTC")
    if len(frame):
        with TemporaryDirectory() as folder:
            assert Store(folder).write(frame, "x", "1h").new == len(frame)
