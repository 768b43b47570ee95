"""``foretell forecast``."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from foretell.cli.market_options import Market
from foretell.cli.models import saved_or_new
from foretell.cli.pages import command, page_name, write_page
from foretell.cli.show import show_forecast
from foretell.cli.sources import load
from foretell.cli.training import fit_and_measure, record_of
from foretell.forecast import Forecast
from foretell.proof import TrackRecord
from foretell.series import sequences
from foretell.writing import check_place

__all__ = ["Request", "run"]


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    source: str
    market: Market
    model: Path | None
    save: Path | None
    html: Path | None
    page: bool
    as_json: bool
    parameters: dict[str, Any]


def run(request: Request) -> None:
    """Forecast, print, and write what files were asked for."""
    model = saved_or_new(request.model, request.parameters)
    frame = load(request.source, model.target, model.extra, request.market)
    rows = sequences(frame, model.target, model.extra)
    model.check_ahead(rows)  # before anything is trained
    page = _page_place(request, rows[0].name)
    for place in (request.save, page):
        if place is not None:
            check_place(place)
    record: TrackRecord | None
    if request.model is None:
        record = fit_and_measure(model, frame, request.save)
    else:
        record = record_of(model, frame)
    forecast = model.predict(frame)
    if request.save is not None:
        model.save(request.save)
        sys.stderr.write(f"model saved in {request.save}\n")
    if page is not None:
        _write_page(page, forecast, record, model.about)
    if request.as_json:
        sys.stdout.write(_json(forecast, record, model.about) + "\n")
    else:
        show_forecast(forecast, record, model.about)


def _page_place(request: Request, series: str) -> Path | None:
    if not request.page:
        return None
    return request.html or page_name(series, "forecast")


def _write_page(
    path: Path, forecast: Forecast, record: TrackRecord | None, about: dict[str, Any]
) -> None:
    from foretell.report import page

    write_page(path, page(forecast, record, about, command()))


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
