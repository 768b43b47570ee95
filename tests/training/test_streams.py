"""Streams of a text: nothing is read twice, and what follows is what came one step later."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from foretell.training.streams import passages


@given(
    length=st.integers(10, 300), streams=st.integers(1, 7), chunk=st.integers(1, 50),
    first=st.integers(0, 2),
)  # fmt: skip
def test_streams_read_the_text_once_and_in_order(
    length: int, streams: int, chunk: int, first: int
) -> None:
    found = list(passages(np.arange(length), streams, chunk, first))
    read_BT = np.concatenate([each.category_BT for each in found], axis=1)
    steps = (length - first - 1) // streams
    assert read_BT.ravel().tolist() == list(range(first, first + streams * steps))
    assert length - first - streams * steps <= streams
    assert all(np.array_equal(each.next_BT, each.category_BT + 1) for each in found)
    assert [each.anew for each in found] == [True] + [False] * (len(found) - 1)
    assert all(each.category_BT.shape == (streams, chunk) for each in found[:-1])
