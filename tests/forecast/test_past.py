"""The last bars: a window that moves on, and windows given out that stay."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.forecast.past import RECENT, Past

TIME_T = np.arange(1_000)
VALUE_TC = np.stack([TIME_T * 0.5, -TIME_T], axis=1)


def begun(count: int) -> Past:
    return Past(TIME_T[:count], VALUE_TC[:count])


@pytest.mark.parametrize("first", [1, 5, RECENT, RECENT + 1, 2 * RECENT, 500])
@pytest.mark.parametrize("more", [0, 1, RECENT, 2 * RECENT, 2 * RECENT + 1, 499])
def test_the_last_bars_are_held_however_they_came(first: int, more: int) -> None:
    past = begun(first)
    for time in range(first, first + more):
        past.append(time, tuple(VALUE_TC[time]))
    last = slice(max(first + more - RECENT, 0), first + more)
    assert np.array_equal(past.time_R, TIME_T[last])
    assert np.array_equal(past.value_RC, VALUE_TC[last])


def test_a_window_given_out_stays_as_it_is() -> None:
    past, given = begun(RECENT), []
    for time in range(RECENT, 700):
        given.append((past.time_R, past.value_RC))
        past.append(time, tuple(VALUE_TC[time]))
    for end, (time_R, value_RC) in enumerate(given, start=RECENT):
        assert np.array_equal(time_R, TIME_T[end - RECENT : end])
        assert np.array_equal(value_RC, VALUE_TC[end - RECENT : end])


def test_what_it_begins_with_is_not_written_to() -> None:
    time_T, value_TC = TIME_T[:3].copy(), VALUE_TC[:3].copy()
    Past(time_T, value_TC).append(99, (9.0, 9.0))
    assert time_T.tolist() == [0, 1, 2]
    assert np.array_equal(value_TC, VALUE_TC[:3])
