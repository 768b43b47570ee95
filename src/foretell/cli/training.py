"""What ``forecast`` and ``train`` share: rehearse, measure, then train on everything."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import typer

from foretell.backtest import TrackRecord, measure, rehearse
from foretell.cli.progress import training_bar
from foretell.errors import TrainingDiverged
from foretell.forecast import Forecaster
from foretell.series import instant, sequences, stamp

__all__ = ["fit_and_measure", "fit_until", "stored_record"]

INTERRUPTED = 130


def fit_and_measure(
    model: Forecaster, frame: pl.DataFrame, save: Path | None
) -> tuple[Forecaster, TrackRecord]:
    """Train before the last fifth, score there, then train on the whole history.

    Ctrl-C saves the best model so far, where a file was named, and exits with 130.
    """
    try:
        with training_bar("rehearsing without the last fifth") as report:
            trial, start = rehearse(model, frame, report=report)
        _stop_if_interrupted(trial, save)
        record = measure(trial, sequences(frame, model.target), start)
        model.about = {}
        with training_bar("training on all bars") as report:
            model.fit(frame, report=report)
    except TrainingDiverged:
        _keep(model, save)
        raise
    model.about["record"] = record.to_dict()
    _stop_if_interrupted(model, save)
    return model, record


def fit_until(
    model: Forecaster, frame: pl.DataFrame, until: str, save: Path
) -> tuple[Forecaster, TrackRecord]:
    """Train before an instant and score on the bars from it on."""
    try:
        with training_bar(f"training on bars before {until}") as report:
            model.fit(frame, until=until, report=report)
    except TrainingDiverged:
        _keep(model, save)
        raise
    _stop_if_interrupted(model, save)
    record = measure(model, sequences(frame, model.target), instant(until))
    model.about["record"] = record.to_dict()
    return model, record


def stored_record(model: Forecaster, frame: pl.DataFrame) -> TrackRecord | None:
    """Score a saved model on the bars after its training, or else read what it was saved with."""
    rows = sequences(frame, model.target)
    start = instant(model.about["data"]["last"]) + 1
    enough = min(int((row.time_T >= start).sum()) for row in rows) >= 30 + model.horizon
    if enough:
        return measure(model, rows, start)
    kept = model.about.get("record")
    return TrackRecord.from_dict(kept) if kept else None


def _stop_if_interrupted(model: Forecaster, save: Path | None) -> None:
    if model.about["training"]["end"] == "interrupted":
        _keep(model, save)
        sys.stderr.write(f"interrupted on {stamp(instant(model.about['data']['last']))} data\n")
        raise typer.Exit(INTERRUPTED)


def _keep(model: Forecaster, save: Path | None) -> None:
    if save is not None and model.about:
        model.save(save)
        sys.stderr.write(f"the best weights so far are in {save}\n")
