"""How long work tells where it is."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Report", "silent"]

Report = Callable[[str, int, int], None]  # what is done, how many are, how many there are in all


def silent(_title: str, _done: int, _planned: int) -> None:
    """Tell nobody."""
