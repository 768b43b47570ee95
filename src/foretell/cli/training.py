"""What ``forecast`` and ``train`` share: train, keep what is good, and measure."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from foretell.cli.keeping import kept
from foretell.cli.progress import training_bar
from foretell.errors import ShortHistory
from foretell.forecast import Forecaster
from foretell.proof import TrackRecord, measure, rehearsal, scorable
from foretell.series import instant, sequences

__all__ = ["fit", "fit_and_measure", "fit_until", "record_of"]


def fit_and_measure(model: Forecaster, frame: pl.DataFrame, save: Path | None) -> TrackRecord:
    """Train without the last fifth and score there; then train the model on everything."""
    rows = sequences(frame, model.target, model.extra)
    trial, start = rehearsal(model, rows)
    fit(trial, frame, start, save, "rehearsing without the last fifth")
    record = measure(trial, rows, instant(start))
    fit(model, frame, None, save, "training on all bars")
    model.about["record"] = record.to_dict()
    return record


def fit_until(model: Forecaster, frame: pl.DataFrame, until: str, save: Path) -> TrackRecord:
    """Train before an instant and score on the bars from it on, of which there must be enough."""
    rows, start = sequences(frame, model.target, model.extra), instant(until)
    scorable(rows, start, model.horizon)
    fit(model, frame, until, save, f"training on bars before {until}")
    record = measure(model, rows, start)
    model.about["record"] = record.to_dict()
    return record


def record_of(model: Forecaster, frame: pl.DataFrame) -> TrackRecord | None:
    """Score a saved model on the bars after its training; too few, and its own record counts."""
    try:
        last = instant(model.about["data"]["last"])
        return measure(model, sequences(frame, model.target, model.extra), last + 1)
    except ShortHistory:
        kept = model.about.get("record")
        return TrackRecord.from_dict(kept) if kept else None


def fit(
    model: Forecaster, frame: pl.DataFrame, until: str | None, save: Path | None, title: str
) -> None:
    """Train behind a progress bar; what was best is saved when training ends early."""
    with kept(model, save), training_bar(title) as report:
        model.fit(frame, until=until, report=report)
