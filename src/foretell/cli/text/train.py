"""``foretell text train``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from foretell import samples
from foretell.cli.keeping import kept
from foretell.cli.progress import writing_bar
from foretell.errors import UsageError
from foretell.text import TextModel
from foretell.writing import check_place

__all__ = ["run"]


def run(
    source: Path | None, save: Path, parameters: dict[str, Any], *, sample: bool, as_json: bool
) -> None:
    """Train behind a progress bar, save, and print what came of it."""
    if sample is (source is not None):
        message = "give either the FILE of a text or --sample, which is Python's own help"
        raise UsageError(message)
    check_place(save)
    model = TextModel(**parameters)
    with kept(model, save), writing_bar(f"training on {source or 'the sample'}") as report:
        model.fit(samples.text() if source is None else source, report=report)
    model.save(save)
    sys.stderr.write(f"model saved in {save}\n")
    training = model.about["training"]
    if as_json:
        sys.stdout.write(json.dumps(model.about, indent=2) + "\n")
    else:
        nats, steps = training["validation_nats_per_token"], training["steps"]
        sys.stdout.write(f"{nats:.4f} nats per token of the validation text after {steps} steps\n")
