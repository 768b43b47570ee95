"""The folder of the user's data."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from foretell.home import data_folder


def test_folder_is_chosen_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FORETELL_HOME", str(tmp_path / "mine"))
    assert data_folder() == tmp_path / "mine"
    monkeypatch.delenv("FORETELL_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_folder().name == "foretell"
    if sys.platform == "linux":
        assert data_folder() == tmp_path / "xdg" / "foretell"
