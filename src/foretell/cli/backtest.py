"""``foretell backtest``."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from foretell.cli.market_options import Market
from foretell.cli.models import saved_or_new
from foretell.cli.pages import command, page_name
from foretell.cli.progress import count_bar
from foretell.cli.show import show_backtest
from foretell.cli.sources import load
from foretell.errors import UsageError
from foretell.execution import Processes
from foretell.forecast import Forecaster
from foretell.home import data_folder
from foretell.proof import Backtest, Certificate, Costs, backtest, hold_out
from foretell.report import backtest_markdown
from foretell.series import canonical, fingerprint, instant, sequences
from foretell.writing import check_place, write_whole

__all__ = ["Request", "run"]


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    sources: tuple[str, ...]
    market: Market
    start: str | None
    refit: int | None
    window: int | None
    embargo: int
    rivals: str
    fee: float
    slippage: float
    model: Path | None
    parameters: dict[str, Any]
    folder: Path | None
    workers: int | None
    forecasts: Path | None
    html: Path | None
    page: bool
    markdown: Path | None
    as_json: bool


def run(request: Request) -> None:
    """Walk forward, print the verdict, and write what files were asked for."""
    costs = Costs(request.fee, request.slippage)
    places = _places(request)
    for place in places.values():
        check_place(place)
    model = saved_or_new(request.model, request.parameters)
    frame = _frame(request.sources, model, request.market)
    model.set_params(target=None)  # the frame holds it under its canonical name
    folder = request.folder or _folder(request, frame)
    with count_bar() as report:
        result = backtest(
            model, frame, _start(request, model, frame), refit=request.refit,
            window=request.window, embargo=request.embargo, rivals=_rivals(request.rivals),
            costs=costs, folder=folder, executor=Processes(request.workers),
            certificate=_certificate(model), report=partial(report, "walking forward"),
        )  # fmt: skip
    _write(places, result)
    if request.as_json:
        sys.stdout.write(json.dumps(result.to_dict(), indent=2, default=str) + "\n")
    else:
        show_backtest(result)
    if request.folder is None:  # kept only so that an interrupted run could go on
        shutil.rmtree(folder)


def _places(request: Request) -> dict[str, Path]:
    """Files that were asked for, by what they are to hold."""
    page = request.html
    if page is None and request.page:
        first = request.sources[0]
        name = Path(first).name.split(".")[0] if Path(first).is_file() else first
        page = page_name(name, "backtest")
    wanted = {"forecasts": request.forecasts, "report": request.markdown, "page": page}
    return {what: place for what, place in wanted.items() if place is not None}


def _start(request: Request, model: Forecaster, frame: pl.DataFrame) -> str | int:
    """As asked; else right after a saved model's training, or where the last fifth begins."""
    if request.start is not None:
        return request.start
    if model.fitted and request.refit is None:
        return instant(model.about["data"]["last"]) + 1
    return hold_out(sequences(frame))


def _certificate(model: Forecaster) -> Certificate | None:
    kept = model.about.get("audit")
    return Certificate.from_dict(kept) if kept else None


def _frame(sources: Rows[str], model: Forecaster, market: Market) -> pl.DataFrame:
    """All sources in one frame."""
    target, extra = model.target, model.extra
    frames = [canonical(load(source, target, extra, market), target, extra) for source in sources]
    if len({tuple(each.columns) for each in frames}) > 1:
        have = "; ".join(
            f"{source} has {', '.join(each.columns[2:])}"
            for source, each in zip(sources, frames, strict=True)
        )
        message = f"the sources have different columns ({have}); give such as have the same"
        raise UsageError(message)
    names = [name for each in frames for name in each["series"].unique().sort().to_list()]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        message = f"two sources have a series {twice!r}; give each once, or rename one"
        raise UsageError(message)
    return pl.concat(frames)


def _folder(request: Request, frame: pl.DataFrame) -> Path:
    """Where the parts are kept until the run is done: the same request finds them again."""
    asked = [
        version("foretell"), fingerprint(sequences(frame)), request.start, request.refit,
        request.window,
        request.embargo, request.rivals, request.parameters,
        request.model and hashlib.sha256(request.model.read_bytes()).hexdigest(),
    ]  # fmt: skip
    key = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
    return data_folder() / "backtests" / key


def _rivals(named: str) -> list[str] | None:
    return None if named == "all" else [name.strip() for name in named.split(",")]


def _write(places: dict[str, Path], result: Backtest) -> None:
    for what, place in places.items():
        if what == "forecasts":
            result.forecasts.write_parquet(buffer := BytesIO())
            write_whole(place, buffer.getvalue())
        elif what == "report":
            write_whole(place, backtest_markdown(result, command()).encode())
        else:
            result.report(place, command())
        sys.stderr.write(f"{what} written to {place}\n")
