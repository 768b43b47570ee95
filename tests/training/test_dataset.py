"""Purging at the split, and chunks that cover every known target once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.training import History
from foretell.training.dataset import batches

HORIZON = 4
LENGTHS = st.lists(st.integers(HORIZON + 1, 70), min_size=1, max_size=4)
SIZES = st.tuples(st.integers(1, 20), st.integers(0, 10), st.integers(1, 5))


def history(length: int, split: int | None = None, first: int = 0) -> History:
    """Inputs and targets that name their row: ``x = row``, ``z = bar that the target is of``."""
    row_T = np.arange(length, dtype=np.float32)
    z_TH = row_T[:, None] + np.arange(1, HORIZON + 1, dtype=np.float32)
    z_TH[z_TH >= length] = np.nan
    z_TH[:first] = np.nan
    return History(row_T[:, None] + 1.0, z_TH, length if split is None else split)


@given(st.integers(2, 60), st.data())
def test_no_training_target_reaches_over_the_split(length: int, data: st.DataObject) -> None:
    split = data.draw(st.integers(0, length))
    training = history(length, split).training()
    known = training.z_TH[np.isfinite(training.z_TH)]
    assert len(training.x_TF) == len(training.z_TH) == split
    assert (known < split).all()


@given(st.integers(2, 60), st.data())
def test_every_target_before_the_split_is_kept(length: int, data: st.DataObject) -> None:
    split = data.draw(st.integers(0, length))
    whole = history(length, split)
    expected = whole.z_TH[:split][whole.z_TH[:split] < split]
    training = whole.training()
    assert np.array_equal(training.z_TH[np.isfinite(training.z_TH)], expected)


@given(st.integers(2, 60), st.data())
def test_validation_has_all_rows_and_the_targets_of_those_from_the_split(
    length: int, data: st.DataObject
) -> None:
    split = data.draw(st.integers(0, length))
    whole = history(length, split)
    validation = whole.validation()
    assert np.array_equal(validation.x_TF, whole.x_TF)
    assert np.isnan(validation.z_TH[:split]).all()
    assert np.array_equal(validation.z_TH[split:], whole.z_TH[split:], equal_nan=True)


@given(st.integers(2, 60), st.data())
def test_no_bar_is_a_target_of_both_parts(length: int, data: st.DataObject) -> None:
    whole = history(length, data.draw(st.integers(0, length)))
    parts = [part.z_TH[np.isfinite(part.z_TH)] for part in (whole.training(), whole.validation())]
    assert not set(parts[0].tolist()) & set(parts[1].tolist())


def test_parts_leave_the_history_as_it_was() -> None:
    whole = history(30, 20)
    before = whole.z_TH.copy()
    whole.training()
    whole.validation()
    assert np.array_equal(whole.z_TH, before, equal_nan=True)


def targets_in(parts: list[History], chunk: int, warm_up: int, size: int, seed: int | None) -> list:
    """Known targets of one pass as (input of the step, horizon, target), in order of passing."""
    rng = None if seed is None else np.random.default_rng(seed)
    found = []
    for batch in batches(tuple(parts), chunk, warm_up, size, rng):
        x_BCF = batch.x_BLF[:, warm_up:]
        assert x_BCF.shape[:2] == batch.z_BCH.shape[:2] == (len(batch.x_BLF), chunk)
        assert len(batch.x_BLF) <= size
        rows, steps, horizons = np.nonzero(np.isfinite(batch.z_BCH))
        found += zip(x_BCF[rows, steps, 0], horizons, batch.z_BCH[rows, steps, horizons],
                     strict=True)  # fmt: skip
    return found


def all_targets(parts: list[History]) -> list:
    found = []
    for part in parts:
        rows, horizons = np.nonzero(np.isfinite(part.z_TH))
        found += zip(part.x_TF[rows, 0], horizons, part.z_TH[rows, horizons], strict=True)
    return found


@given(LENGTHS, SIZES, st.one_of(st.none(), st.integers(0, 99)), st.integers(0, 5))
def test_a_pass_covers_every_known_target_once_beside_its_own_input(
    lengths: list[int], sizes: tuple[int, int, int], seed: int | None, first: int
) -> None:
    parts = [history(length, first=min(first, length - 2)) for length in lengths]
    assert sorted(targets_in(parts, *sizes, seed)) == sorted(all_targets(parts))


@given(LENGTHS, SIZES, st.integers(0, 99))
def test_steps_before_a_chunk_are_those_before_it_in_the_history(
    lengths: list[int], sizes: tuple[int, int, int], seed: int
) -> None:
    chunk, warm_up, size = sizes
    parts = tuple(history(length) for length in lengths)
    for batch in batches(parts, chunk, warm_up, size, np.random.default_rng(seed)):
        for x_L, z_C in zip(batch.x_BLF[..., 0], batch.z_BCH[..., 0], strict=True):
            begin = int(z_C[0]) - 1  # row of the first step of the chunk
            expected = np.arange(begin - warm_up, begin) + 1.0
            assert np.array_equal(x_L[:warm_up], np.maximum(expected, 0.0))


def test_history_without_a_known_target_is_left_out() -> None:
    empty = history(10, first=10)
    assert targets_in([empty], 4, 2, 3, 0) == []
    both = targets_in([empty, history(10)], 4, 2, 3, 0)
    assert sorted(both) == sorted(all_targets([history(10)]))


def test_cuts_and_order_change_from_pass_to_pass() -> None:
    parts = [history(60), history(50)]
    rng = np.random.default_rng(0)
    passes = [[batch.x_BLF for batch in batches(tuple(parts), 16, 4, 2, rng)] for _ in range(2)]
    assert not all(np.array_equal(one, other) for one, other in zip(*passes, strict=False))


def test_history_is_cut_elsewhere_in_every_pass() -> None:
    rng = np.random.default_rng(0)
    firsts = [next(batches((history(15),), 16, 0, 9, rng)).z_BCH[:, 0, 0] for _ in range(10)]
    assert len({tuple(sorted(each.tolist())) for each in firsts}) > 5


def test_without_a_generator_every_pass_is_the_same() -> None:
    parts = (history(60), history(50))
    one, other = ([batch.x_BLF for batch in batches(parts, 16, 4, 2)] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("seed", [0, 1])
def test_same_generator_gives_the_same_pass(seed: int) -> None:
    parts = [history(60), history(50)]
    assert targets_in(parts, 16, 4, 2, seed) == targets_in(parts, 16, 4, 2, seed)
