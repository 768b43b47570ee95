"""Which bars are origins, and what may be known at the fit before them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from foretell.errors import ShortHistory, UsageError
from foretell.proof.folds import FEWEST_BARS, folds, known
from foretell.series import Sequence, sequences

DAY = 86_400


@pytest.fixture
def rows(uneven: pl.DataFrame) -> list[Sequence]:
    return sequences(uneven)


def at(rows: list[Sequence], bar: int) -> int:
    return int(rows[0].time_T[bar])


@pytest.mark.parametrize(("refit", "count"), [(None, 1), (1, 90), (30, 3), (40, 3), (500, 1)])
def test_folds_cover_every_instant_once(
    rows: list[Sequence], refit: int | None, count: int
) -> None:
    start = at(rows, 160)
    found = folds(rows, start, refit)
    assert len(found) == count
    assert [fold.number for fold in found] == list(range(count))
    assert found[0].start == start
    assert [one.end for one in found[:-1]] == [other.start for other in found[1:]]
    instants = np.unique(np.concatenate([row.time_T for row in rows]))
    assert found[-1].start <= instants[-1] < found[-1].end
    if refit is not None:
        sizes = [((instants >= f.start) & (instants < f.end)).sum() for f in found[:-1]]
        assert sizes == [refit] * (count - 1)


def test_nothing_from_the_first_origin_on_is_learned_from(rows: list[Sequence]) -> None:
    assert all(fold.until == fold.start for fold in folds(rows, at(rows, 160), 30))


def test_an_embargo_ends_learning_earlier(rows: list[Sequence]) -> None:
    for fold in folds(rows, at(rows, 160), 30, embargo=5):
        assert fold.until == fold.start - 5 * DAY


def test_a_start_between_two_bars_begins_at_the_next(rows: list[Sequence]) -> None:
    assert folds(rows, at(rows, 160) - 100, 30)[0].start == at(rows, 160)


def test_a_fold_sees_no_bar_after_its_end(rows: list[Sequence]) -> None:
    first, second, *_ = folds(rows, at(rows, 170), 15)
    seen = known(rows, first, 3)
    assert [row.name for row in seen] == ["LONG"]  # LATE has 110 bars by then, and needs 123
    assert seen[0].time_T[-1] < first.end == second.start
    assert len(seen[0]) == len(rows[0].before(first.end))


def test_a_series_takes_part_once_it_is_long_enough(rows: list[Sequence]) -> None:
    late = rows[1]
    for fold in folds(rows, at(rows, 160), 15):
        names = [row.name for row in known(rows, fold, 3)]
        assert ("LATE" in names) == (len(late.before(fold.until)) >= FEWEST_BARS + 3)


def test_a_window_slides(rows: list[Sequence]) -> None:
    for fold in folds(rows[:1], at(rows, 160), 30, window=130):
        (row,) = known(rows[:1], fold, 3)
        assert len(row.before(fold.until)) == 130


def test_a_window_forgets_a_series_that_ended_long_ago(rows: list[Sequence]) -> None:
    ended = rows[0].head(140)
    for window, names in ((None, 2), (125, 1)):
        last = folds(rows[:1], at(rows, 160), 40, window=window)[-1]
        assert len(known([rows[0], ended], last, 3)) == names


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"refit": 0}, "refit is 0"),
        ({"refit": 5, "embargo": -1}, "embargo is -1"),
        ({"refit": 5, "window": 0}, "window is 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    rows: list[Sequence], arguments: dict[str, int], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        folds(rows, at(rows, 160), **arguments)


def test_a_start_after_the_last_bar_is_refused(rows: list[Sequence]) -> None:
    with pytest.raises(ShortHistory, match="no bar opens from"):
        folds(rows, int(rows[0].time_T[-1]) + 50 * DAY, 30)


def test_a_start_at_the_first_bar_is_refused(
    rows: list[Sequence], simulate: Callable[..., pl.DataFrame]
) -> None:
    with pytest.raises(ShortHistory, match="no bar is left to train on"):
        folds(rows, at(rows, 0), 30)
