"""The manifest reads back, and no other bytes do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.errors import StoreError
from foretell.store.manifest import Manifest

MANIFEST = Manifest(1_700_000_000_000_000, {"candles": 3, "gaps": 0}, {"a.json": "0f" * 32})
DATA = MANIFEST.to_bytes()


def test_it_reads_back() -> None:
    assert Manifest.from_bytes(DATA) == MANIFEST


@given(at=st.integers(0, len(DATA) - 1), bits=st.integers(1, 255))
def test_any_other_byte_is_refused(at: int, bits: int) -> None:
    with pytest.raises(StoreError, match=r"manifest.json of the store is damaged"):
        Manifest.from_bytes(DATA[:at] + bytes([DATA[at] ^ bits]) + DATA[at + 1 :])


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", DATA[:-1], DATA + b"\n", DATA.replace(b" ", b"")]
)
def test_other_forms_are_refused(data: bytes) -> None:
    with pytest.raises(StoreError, match="restore it from a backup"):
        Manifest.from_bytes(data)
