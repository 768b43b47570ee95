"""``foretell backtest``."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
import sys
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from foretell.backtest import Backtest, Certificate, Costs, backtest, data_folder, hold_out
from foretell.cli.progress import task_bar
from foretell.cli.show import show_backtest
from foretell.cli.sources import load
from foretell.errors import UsageError
from foretell.execution import Processes
from foretell.forecast import RIVALS, Forecaster
from foretell.report import backtest_markdown
from foretell.series import canonical, fingerprint, sequences

__all__ = ["Request", "run"]


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    sources: tuple[str, ...]
    start: str | None
    refit: int | None
    window: int | None
    embargo: int
    rivals: str
    costs: Costs
    model: Path | None
    parameters: dict[str, Any]
    folder: Path | None
    workers: int | None
    forecasts: Path | None
    html: Path | None
    markdown: Path | None
    as_json: bool


def run(request: Request) -> None:
    """Walk forward, print the verdict, and write what files were asked for."""
    model = _model(request)
    frame = _frame(request.sources, model.target)
    folder = request.folder or _folder(request, frame)
    start = hold_out(sequences(frame)) if request.start is None else request.start
    with task_bar("walking forward") as report:
        result = backtest(
            model, frame, start, refit=request.refit, window=request.window,
            embargo=request.embargo, rivals=_rivals(request.rivals), costs=request.costs,
            folder=folder, executor=Processes(request.workers),
            certificate=_certificate(model), report=report,
        )  # fmt: skip
    _write(request, result)
    if request.as_json:
        sys.stdout.write(json.dumps(result.to_dict(), indent=2, default=str) + "\n")
    else:
        show_backtest(result)
    if request.folder is None:  # kept only so that an interrupted run could go on
        shutil.rmtree(folder)


def _model(request: Request) -> Forecaster:
    if request.model is None:
        return Forecaster(**request.parameters)
    if request.parameters:
        given = ", ".join(f"--{name.replace('_', '-')}" for name in request.parameters)
        message = f"{given} cannot be given with --model, which has its own; leave one of them out"
        raise UsageError(message)
    return Forecaster.load(request.model)


def _certificate(model: Forecaster) -> Certificate | None:
    kept = model.about.get("audit")
    return Certificate.from_dict(kept) if kept else None


def _frame(sources: Rows[str], target: str | None) -> pl.DataFrame:
    """All sources in one frame."""
    frames = [canonical(load(source, target), target) for source in sources]
    if len({tuple(each.columns) for each in frames}) > 1:
        have = "; ".join(
            f"{source} has {', '.join(each.columns[2:])}"
            for source, each in zip(sources, frames, strict=True)
        )
        message = f"the sources have different columns ({have}); give such as have the same"
        raise UsageError(message)
    return pl.concat(frames)


def _folder(request: Request, frame: pl.DataFrame) -> Path:
    """Where the parts are kept until the run is done: the same request finds them again."""
    asked = [
        fingerprint(sequences(frame)), request.start, request.refit, request.window,
        request.embargo, request.rivals, str(request.model), request.parameters,
    ]  # fmt: skip
    key = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
    return data_folder() / "backtests" / key


def _rivals(named: str) -> list[str]:
    return list(RIVALS) if named == "all" else [name.strip() for name in named.split(",")]


def _write(request: Request, result: Backtest) -> None:
    command = shlex.join(["foretell", *sys.argv[1:]])
    if request.forecasts is not None:
        result.forecasts.write_parquet(request.forecasts)
        sys.stderr.write(f"forecasts written to {request.forecasts}\n")
    if request.markdown is not None:
        request.markdown.write_text(backtest_markdown(result, command), encoding="utf-8")
        sys.stderr.write(f"report written to {request.markdown}\n")
    if request.html is not None:
        result.report(request.html, command)
        sys.stderr.write(f"page written to {request.html}\n")
