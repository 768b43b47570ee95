"""Files written whole or not at all, and places that are none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from foretell.errors import UsageError
from foretell.writing import check_place, write_whole

NO_PLACES: dict[str, Callable[[Path], str]] = {
    "a folder": str,
    "this folder": lambda _: ".",
    "the folder above": lambda _: "..",
    "the root": lambda _: "/",
    "nothing": lambda _: "",
    "an absent folder": lambda folder: f"{folder}/absent/file",
    "a file for a folder": lambda folder: f"{folder}/old/file",
    "a device": lambda _: os.devnull,
    "a name that is too long": lambda folder: f"{folder}/{'n' * 300}",
    "a NUL": lambda folder: f"{folder}/a\0b",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "old").write_bytes(b"old")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", NO_PLACES)
def test_place_that_cannot_be_written_is_refused(name: str, folder: Path) -> None:
    place = NO_PLACES[name](folder)
    for attempt in (check_place, lambda path: write_whole(path, b"new")):
        with pytest.raises(UsageError, match=r"cannot write .*; choose another place"):
            attempt(place)
    assert [each.name for each in folder.iterdir()] == ["old"]
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_of_another_is_refused(folder: Path) -> None:
    folder.chmod(0o500)
    with pytest.raises(UsageError, match="Permission denied; choose another place"):
        check_place(folder / "new")


@pytest.mark.parametrize("name", ["old", "new"])
def test_checking_leaves_everything_as_it_was(name: str, folder: Path) -> None:
    check_place(folder / name)
    assert [each.name for each in folder.iterdir()] == ["old"]
    assert (folder / "old").read_bytes() == b"old"


@pytest.mark.parametrize("name", ["old", "new"])
def test_file_is_written_and_nothing_beside_it(name: str, folder: Path) -> None:
    write_whole(name, b"data")
    assert (folder / name).read_bytes() == b"data"
    assert {each.name for each in folder.iterdir()} == {"old", name}


def test_failure_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(UsageError, match="'old': No space left on device; choose another place"):
        write_whole("old", b"new")
    assert (folder / "old").read_bytes() == b"old"
    assert [each.name for each in folder.iterdir()] == ["old"]
