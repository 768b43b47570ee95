"""``foretell text generate``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from foretell.text import TextModel

__all__ = ["run"]


def run(path: Path, prompt: str, count: int, drawing: dict[str, Any], *, as_json: bool) -> None:
    """Write the prompt and what follows, each piece as soon as it is there."""
    pieces = TextModel.load(path).stream(prompt, count, **drawing)
    if as_json:
        answer = {"prompt": prompt, "text": "".join(pieces)} | drawing
        sys.stdout.write(json.dumps(answer, indent=2) + "\n")
        return
    sys.stdout.write(prompt)
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()
    sys.stdout.write("\n")
