"""A missing extra is named; any other missing module is a fault, and not covered up."""

from __future__ import annotations

import sys

import pytest

from foretell.errors import MissingExtra
from foretell.extras import needs


def test_the_lack_of_the_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "arch", None)
    with (
        pytest.raises(MissingExtra, match=r"^GARCH needs arch, which is not installed; pip inst"),
        needs("arch", "GARCH needs arch", "backtest"),
    ):
        import arch  # noqa: F401


def test_the_lack_of_another_is_not_covered_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "json", None)
    with pytest.raises(ModuleNotFoundError, match="json"), needs("arch", "x", "backtest"):
        import json  # noqa: F401
