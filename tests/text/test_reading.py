"""A text by its path or as it is."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from foretell.errors import DataError, UnknownSymbol
from foretell.text.reading import read_text


def test_text_is_itself() -> None:
    assert read_text("no file of this name") == "no file of this name"
    assert read_text("a\0b") == "a\0b"
    assert read_text("x" * 100_000) == "x" * 100_000


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_path_and_name_of_a_file_are_read(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = "Grüße\r\n".encode()
    Path(name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert read_text(Path(name)) == read_text(name) == "Grüße\r\n"


def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfabc")
    assert read_text(tmp_path / "a.txt") == "abc"


def test_missing_file_is_told() -> None:
    with pytest.raises(UnknownSymbol, match=r"no file 'missing\.txt'"):
        read_text(Path("missing.txt"))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b"abc\xff\xfe", "byte 3 is 0xff"),
        ("a.txt.gz", b"not packed", "cannot read"),
        ("a.txt.gz", gzip.compress(b"abcdef" * 9)[:-9], "cannot read"),
    ],
)
def test_file_without_a_text_is_refused(
    name: str, data: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=message):
        read_text(tmp_path / name)


@pytest.mark.parametrize(("text", "message"), [("", "empty"), ("ab\ud800", "character 2 ")])
def test_text_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_text(text)
