"""What is kept is spread over the text, and is in no way learned from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.text.parting import part


@given(length=st.integers(0, 60_000))
def test_nothing_is_in_both_or_in_none(length: int) -> None:
    text = "".join(map(chr, range(0x20000, 0x20000 + length)))  # each character once
    learned, kept = part(text)
    assert len(learned) + len(kept) == length
    assert set(learned).isdisjoint(kept)
    assert "".join(sorted(learned)) == learned


@pytest.mark.parametrize("length", [1_000_000, 20_000_000])
def test_every_part_of_a_long_text_is_learned_from_and_checked(length: int) -> None:
    text = "".join(chr(0x100 + part) * (length // 100) for part in range(100))
    learned, kept = part(text)
    assert len(kept) == pytest.approx(min(0.02 * length, 100_000), rel=0.01)
    assert len(set(learned)) == 100
    assert len(set(kept)) == 32
    assert max(kept) == text[-1]


def test_short_text_ends_with_one_piece_to_keep() -> None:
    assert part("a" * 980 + "b" * 20) == ("a" * 980, "b" * 20)
