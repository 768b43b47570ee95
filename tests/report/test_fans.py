"""Fans at origins that a rule chooses, with what came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from foretell.forecast import Trace
from foretell.proof import Backtest
from foretell.report.fans import MOST_SERIES, fans, sample_origins


def cut(trace: Trace, origins: int) -> Trace:
    """As if the series ended so many origins after the first."""
    return replace(
        trace, sequence=trace.sequence.head(trace.first + origins), q_THK=trace.q_THK[:origins]
    )


def test_origins_are_the_middles_of_quarters(result: Backtest) -> None:
    assert sample_origins(cut(result.traces[0], 83)) == [10, 30, 50, 70]


@pytest.mark.parametrize(
    ("origins", "expected"), [(3, []), (4, [0]), (5, [0, 1]), (7, [0, 1, 2, 3])]
)
def test_few_origins_have_few_fans(result: Backtest, origins: int, expected: list[int]) -> None:
    assert sample_origins(cut(result.traces[0], origins)) == expected


def test_what_came_is_what_the_series_says(result: Backtest) -> None:
    trace = result.traces[1]
    row, horizon = trace.sequence, trace.q_THK.shape[1]
    for place, figure in zip(
        sample_origins(trace), fans(result.traces, result.levels_K)["TWO"], strict=True
    ):
        (came,) = [line for line in figure.data if line.name == "what came"]
        now = trace.first + place
        assert [int(x.timestamp()) for x in came.x] == row.time_T[now : now + horizon + 1].tolist()
        np.testing.assert_array_equal(came.y, row.target_T[now : now + horizon + 1])
        (median,) = [line for line in figure.data if line.name == "median"]
        middle_H = np.exp(trace.q_THK[place, :, len(result.levels_K) // 2])
        np.testing.assert_allclose(median.y[1:], middle_H)
        assert list(median.x) == list(came.x)
        assert figure.data[0].close[-1] == row.target_T[now]  # nothing of the future is a candle


def test_values_are_drawn_as_they_are(value_result: Backtest) -> None:
    (figures,) = fans(value_result.traces, value_result.levels_K).values()
    assert [figure.data[0].type for figure in figures] == ["scatter"] * 4


def test_at_most_twenty_series_are_drawn(result: Backtest) -> None:
    trace = result.traces[0]
    many = [
        replace(trace, sequence=replace(trace.sequence, name=f"S{n}"))
        for n in range(MOST_SERIES + 5)
    ]
    assert list(fans(many, result.levels_K)) == [f"S{n}" for n in range(MOST_SERIES)]


def test_a_series_without_whole_targets_is_left_out(result: Backtest) -> None:
    first, second = result.traces
    assert list(fans([cut(first, 3), second], result.levels_K)) == ["TWO"]
