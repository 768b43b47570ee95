"""Purging at the split, and chunks that cover every known target once."""

from __future__ import annotations

from dataclasses import replace

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
    return History(row_T[:, None] + 1.0, z_TH, length if split is None else split, length)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A history with a validation part anywhere in it."""
    length = draw(st.integers(2, 60))
    split = draw(st.integers(0, length))
    return replace(history(length, split), stop=draw(st.integers(split, length)))


def known(part: History) -> np.ndarray:
    """Rows that the known targets are of."""
    return part.z_TH[np.isfinite(part.z_TH)]


@given(histories())
def test_no_target_of_training_reaches_into_the_validation_part(whole: History) -> None:
    rows, _ = np.nonzero(np.isfinite(whole.training().z_TH))
    of = known(whole.training())
    assert (((rows < whole.split) & (of < whole.split)) | (rows >= whole.stop)).all()


@given(histories())
def test_every_other_target_is_trained_on(whole: History) -> None:
    row_T1 = np.arange(len(whole.z_TH))[:, None]
    kept = (whole.z_TH < whole.split) | (np.isfinite(whole.z_TH) & (row_T1 >= whole.stop))
    assert np.array_equal(known(whole.training()), whole.z_TH[kept])


@given(histories())
def test_validation_has_the_targets_from_within_its_part(whole: History) -> None:
    inside = whole.z_TH[whole.split : whole.stop]
    assert np.array_equal(known(whole.validation()), inside[inside < whole.stop])


@given(histories())
def test_parts_keep_every_input(whole: History) -> None:
    for part in (whole.training(), whole.validation()):
        assert np.array_equal(part.x_TF, whole.x_TF)


def test_earlier_parts_lie_one_before_the_other() -> None:
    whole = history(60, 50)
    parts = [whole.earlier(blocks) for blocks in range(3)]
    assert [(each.split, each.stop) for each in parts] == [(50, 60), (40, 50), (30, 40)]


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


def test_chunk_without_a_known_target_is_left_out() -> None:
    part = replace(history(40, 10), stop=30).training()
    found = list(batches((part,), 5, 0, 1))
    assert len(found) == 4  # two before the part, two after it
    assert all(np.isfinite(batch.z_BCH).any() for batch in found)


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
