"""``foretell train``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from foretell.cli.show import show_record
from foretell.cli.sources import load
from foretell.cli.training import fit_and_measure, fit_until
from foretell.forecast import Forecaster
from foretell.writing import check_place

__all__ = ["run"]


def run(
    source: str, save: Path, until: str | None, parameters: dict[str, Any], *, as_json: bool
) -> None:
    """Train, measure, save, and print the record."""
    check_place(save)
    model = Forecaster(**parameters)
    frame = load(source, model.target)
    if until is None:
        record = fit_and_measure(model, frame, save)
    else:
        record = fit_until(model, frame, until, save)
    model.predict(frame)  # so that the saved model can go on with the next bar
    model.save(save)
    sys.stderr.write(f"model saved in {save}\n")
    if as_json:
        sys.stdout.write(json.dumps(model.about, indent=2) + "\n")
    else:
        show_record(record, model.about)
