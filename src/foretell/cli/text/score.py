"""``foretell text score``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from foretell.text import Score, TextModel

__all__ = ["run"]


def run(path: Path, source: Path, *, as_json: bool) -> None:
    """Print what a text cost the model."""
    score = TextModel.load(path).score(source)
    shown = json.dumps(score.to_dict(), indent=2) if as_json else _table(score)
    sys.stdout.write(shown + "\n")


def _table(score: Score) -> str:
    lines = [
        f"{score.bits_per_character:10.4f} bits per character",
        f"{score.nats_per_character:10.4f} nats per character",
        f"{score.perplexity:10.4g} perplexity per token",
        f"{score.characters:10,} characters",
        f"{score.tokens:10,} tokens",
        f"{score.unknown:10,} unknown",
    ]
    return "\n".join(lines)
