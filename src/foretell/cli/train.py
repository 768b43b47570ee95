"""``foretell train``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

from foretell.cli.console import note
from foretell.cli.market_options import Market
from foretell.cli.show import show_record
from foretell.cli.sources import load
from foretell.cli.training import fit_and_measure, fit_until
from foretell.errors import FrameError
from foretell.forecast import Forecaster
from foretell.series import sequences
from foretell.writing import check_place

__all__ = ["run"]


def run(
    source: str,
    market: Market,
    save: Path,
    until: str | None,
    parameters: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    """Train, measure, save, and print the record."""
    check_place(save)
    model = Forecaster(**parameters)
    frame = load(source, model.target, model.extra, market)
    if until is None:
        record = fit_and_measure(model, frame, save)
    else:
        record = fit_until(model, frame, until, save)
    _read(model, frame)
    model.save(save)
    sys.stderr.write(f"model saved in {save}\n")
    if as_json:
        sys.stdout.write(json.dumps(model.about, indent=2) + "\n")
    else:
        show_record(record, model.about)


def _read(model: Forecaster, frame: pl.DataFrame) -> None:
    """Read the history, so that the saved model can go on with the next bar."""
    try:
        model.check_ahead(sequences(frame, model.target, model.extra))
    except FrameError as error:  # good enough to train on
        note(f"saved without its state ({error})")
    else:
        model.predict(frame)
