"""What ``forecast`` and ``train`` share: train, keep what is good, and measure."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import typer

from foretell.backtest import TrackRecord, measure, rehearsal
from foretell.cli.progress import training_bar
from foretell.errors import TrainingDiverged
from foretell.forecast import Forecaster
from foretell.series import instant, sequences

__all__ = ["fit_and_measure", "fit_until", "record_of"]

INTERRUPTED = 130
FEWEST_NEW_ORIGINS = 30


def fit_and_measure(model: Forecaster, frame: pl.DataFrame, save: Path | None) -> TrackRecord:
    """Train without the last fifth and score there; then train the model on everything."""
    rows = sequences(frame, model.target)
    trial, start = rehearsal(model, rows)
    _fit(trial, frame, start, save, "rehearsing without the last fifth")
    record = measure(trial, rows, instant(start))
    _fit(model, frame, None, save, "training on all bars")
    model.about["record"] = record.to_dict()
    return record


def fit_until(model: Forecaster, frame: pl.DataFrame, until: str, save: Path) -> TrackRecord:
    """Train before an instant and score on the bars from it on."""
    _fit(model, frame, until, save, f"training on bars before {until}")
    record = measure(model, sequences(frame, model.target), instant(until))
    model.about["record"] = record.to_dict()
    return record


def record_of(model: Forecaster, frame: pl.DataFrame) -> TrackRecord | None:
    """Score a saved model on the bars after its training; without any, read its own record."""
    rows = sequences(frame, model.target)
    start = instant(model.about["data"]["last"]) + 1
    new = min(int((row.time_T >= start).sum()) for row in rows) - model.horizon
    if new >= FEWEST_NEW_ORIGINS:
        return measure(model, rows, start)
    kept = model.about.get("record")
    return TrackRecord.from_dict(kept) if kept else None


def _fit(
    model: Forecaster, frame: pl.DataFrame, until: str | None, save: Path | None, title: str
) -> None:
    """Train behind a progress bar; what was best is saved when training ends early.

    Ctrl-C then exits with 130, a diverging loss with its error.
    """
    try:
        with training_bar(title) as report:
            model.fit(frame, until=until, report=report)
    except TrainingDiverged:
        _keep(model, save)
        raise
    if model.about["training"]["end"] == "interrupted":
        _keep(model, save)
        sys.stderr.write("interrupted\n")
        raise typer.Exit(INTERRUPTED)


def _keep(model: Forecaster, save: Path | None) -> None:
    if save is not None:
        model.save(save)
        sys.stderr.write(f"the best weights so far are in {save}\n")
