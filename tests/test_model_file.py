"""A file with a card: read as written, and a word on the file where it is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from foretell.errors import ModelFileError, UsageError
from foretell.model_file import assembling, read_card, versions, write_card


def test_what_is_written_is_read(tmp_path: Path) -> None:
    tensors = {"a": np.arange(6.0).reshape(2, 3).T, "b": np.zeros(0, dtype=np.float32)}
    write_card(tmp_path / "model", {"kind": "x", "share": np.float64(0.5)}, tensors)
    card, found = read_card(tmp_path / "model", "make one", "save it again")
    assert card == {"kind": "x", "share": 0.5}
    assert found.keys() == tensors.keys()
    assert all(np.array_equal(found[name], tensors[name]) for name in tensors)


def test_a_file_that_is_not_there_and_one_that_is_something_else(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no model file .*; make one"):
        read_card(tmp_path / "none", "make one", "save it again")
    (tmp_path / "text").write_text("not a model")
    with pytest.raises(ModelFileError, match=r"not a foretell model or is damaged"):
        read_card(tmp_path / "text", "make one", "save it again")


def test_what_goes_wrong_with_the_parts_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="'m' lacks 'part'; train it again"):  # noqa: SIM117
        with assembling(Path("m"), "train it again"):
            _ = {}["part"]
    with pytest.raises(ModelFileError, match=r"'m' does not hold together \(.*\); train it again"):  # noqa: SIM117
        with assembling(Path("m"), "train it again"):
            int("x")
    with pytest.raises(RuntimeError), assembling(Path("m"), "train it again"):
        raise RuntimeError


def test_versions_leave_out_what_is_not_installed() -> None:
    assert versions(["numpy", "no-such-library"]).keys() == {"python", "numpy"}
