"""Where a page is written when nothing was said."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["page_named"]

LONGEST_NAME = 50  # characters of a series in a file name


def page_named(series: str, kind: str) -> Path:
    """In the current folder, after a series and the command: letters, digits, dots and dashes."""
    name = re.sub(r"[^\w.-]", "-", series[:LONGEST_NAME])
    return Path(f"{name}-{kind}.html")
