"""Pages that a command writes: what they are called, and the command that is named in them."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

from foretell.writing import write_whole

__all__ = ["command", "page_name", "write_page"]

LONGEST_NAME = 50  # characters of a series in a file name


def page_name(series: str, what: str) -> Path:
    """File of a page in the current folder, such as ``BTC-USD-forecast.html``."""
    name = re.sub(r"[^\w.-]", "-", series[:LONGEST_NAME])
    return Path(f"{name}-{what}.html")


def command() -> str:
    """The command under way, as it can be typed again."""
    return shlex.join(["foretell", *sys.argv[1:]])


def write_page(path: Path, html: str) -> None:
    """Write a page, and say where."""
    write_whole(path, html.encode())
    sys.stderr.write(f"page written to {path}\n")
