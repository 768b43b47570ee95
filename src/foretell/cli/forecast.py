"""``foretell forecast``."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from foretell.backtest import TrackRecord
from foretell.cli.show import show_forecast
from foretell.cli.sources import load
from foretell.cli.training import fit_and_measure, record_of
from foretell.errors import UsageError
from foretell.forecast import Forecast, Forecaster

__all__ = ["Request", "run"]


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    source: str
    horizon: int | None
    target: str | None
    network: dict[str, int]
    model: Path | None
    save: Path | None
    html: Path | None
    page: bool
    as_json: bool


def run(request: Request) -> None:
    """Forecast, print, and write what files were asked for."""
    frame = load(request.source, request.target)
    model, record = _prepare(request, frame)
    forecast = model.predict(frame)
    if request.save is not None:
        model.save(request.save)
        sys.stderr.write(f"model saved in {request.save}\n")
    if request.page:
        _write_page(request, forecast, record, model.about)
    if request.as_json:
        sys.stdout.write(_json(forecast, record, model.about) + "\n")
    else:
        show_forecast(forecast, record, model.about)


def _prepare(request: Request, frame: pl.DataFrame) -> tuple[Forecaster, TrackRecord | None]:
    if request.model is None:
        horizon = 14 if request.horizon is None else request.horizon
        fresh = Forecaster(horizon, target=request.target, **request.network)  # type: ignore[arg-type]
        return fresh, fit_and_measure(fresh, frame, request.save)
    model = Forecaster.load(request.model)
    if request.horizon not in (None, model.horizon):
        message = (
            f"--horizon {request.horizon} does not fit {request.model}, which forecasts "
            f"{model.horizon} bars; leave it out or train a model for it"
        )
        raise UsageError(message)
    return model, record_of(model, frame)


def _write_page(
    request: Request, forecast: Forecast, record: TrackRecord | None, about: dict[str, Any]
) -> None:
    from foretell.report import page

    name = forecast.outlooks[0].series.replace("/", "-")
    path = request.html or Path(f"{name}-forecast.html")
    command = shlex.join(["foretell", *sys.argv[1:]])
    text = page(forecast, record, about, command)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot write {str(path)!r}: {error.strerror}; choose another place with --html"
        raise UsageError(message) from error
    sys.stderr.write(f"page written to {path}\n")


def _json(forecast: Forecast, record: TrackRecord | None, about: dict[str, Any]) -> str:
    rows = forecast.to_frame().with_columns(
        pl.col("origin", "time").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    )
    kept = {name: value for name, value in about.items() if name != "record"}
    return json.dumps(
        {
            "forecast": rows.to_dicts(),
            "record": record.to_dict() if record is not None else None,
            "model": kept,
        },
        indent=2,
    )
