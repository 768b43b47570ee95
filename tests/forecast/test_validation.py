"""Where validation begins: at one instant, or at each series' own end."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from foretell.forecast.validation import parted
from foretell.series import sequences

Simulate = Callable[..., pl.DataFrame]


def test_series_that_share_their_time_are_cut_at_one_instant(simulate: Simulate) -> None:
    late = simulate(200, series="B").with_columns(pl.col("time").dt.offset_by("50d"))
    rows = sequences(pl.concat([simulate(250, series="A"), late]))
    parts = parted(rows, 3, 30)
    assert not parts.of_each
    for row, first in zip(rows, parts.row_S, strict=True):
        assert row.time_T[first - 1] < parts.start
        assert first == len(row) or row.time_T[first] >= parts.start


def test_series_that_end_at_different_times_are_cut_each_at_its_end(
    simulate_values: Simulate,
) -> None:
    # All begin together; only one lasts until the last tenth of the time.
    lengths = (1_000, 200, 300, 400)
    rows = sequences(pl.concat([simulate_values(n, series=str(n)) for n in lengths]))
    parts = parted(rows, 3, 30)
    assert parts.of_each
    assert parts.row_S == (900, 180, 270, 360)
    assert parts.start == rows[0].time_T[900]  # the latest: before it nobody's bands learn


def test_part_of_a_short_series_holds_targets_at_all_horizons(simulate_values: Simulate) -> None:
    rows = sequences(pl.concat([simulate_values(n, series=str(n)) for n in (900, 80, 90, 100)]))
    parts = parted(rows, 13, 33)
    assert parts.of_each
    assert [len(row) - first for row, first in zip(rows, parts.row_S, strict=True)][1:] == [23] * 3


def test_too_short_a_series_keeps_what_it_needs_to_be_trained_on(simulate_values: Simulate) -> None:
    rows = sequences(pl.concat([simulate_values(n, series=str(n)) for n in (900, 40, 41)]))
    assert parted(rows, 13, 33).row_S[1:] == (33, 33)


def test_one_series_is_cut_by_time(simulate: Simulate) -> None:
    (row,) = sequences(simulate(200))
    parts = parted([row], 3, 30)
    assert not parts.of_each
    assert parts.blocks([row]) == 3
