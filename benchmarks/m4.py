"""The M4 competition, hourly and weekly: one global recurrent model each, beside every entry.

``python benchmarks/m4.py --data ../shared/data/m4 [--only Hourly] [--validate] [--json]``

First the organisers' naive references are computed and held against their published figures. Then
a `foretell.Forecaster` learns from all training series of a frequency together and forecasts each
of them once; its point forecast is the median. With ``--validate`` the last bars of the training
series are the test, and the test file is not read into any score: that is how the settings below
were chosen. The table goes to stderr, with ``--json`` all rows go to stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import torch  # imported here, so that its import is in nobody's fit time
from rich.console import Console
from rich.table import Table

from foretell import Forecaster
from m4_data import HOURLY, WEEKLY, Collection, Kind, frame, load, published
from owa import Errors, errors, naive, naive2, snaive

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
# Values are of very different sizes from series to series, so they are read in logs. The seasons
# are a day and a week of hours, and a year of weeks.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "Hourly": {
        "periods": [24, 168], "hidden_size": 96, "layers": 2, "steps": 2_600, "warm_up": 48,
    },
    "Weekly": {"periods": [52], "hidden_size": 128, "layers": 1, "steps": 450, "dropout": 0.2},
}  # fmt: skip
COMMON: dict[str, Any] = {
    "log": True, "batch": 16, "schedule": "cosine", "calibrate": False, "quantiles": QUANTILES,
}  # fmt: skip
WINNER = "118"  # Smyl's ES-RNN (International Journal of Forecasting 36, 2020)
SHOWN = 5  # best entries in the table
ROUNDING = 0.0005 + 1e-9  # published errors have three decimals


def main() -> None:
    """Run the benchmark."""
    arguments = _arguments()
    if not arguments.data.is_dir():
        sys.exit(f"no data at {arguments.data}; the benchmark is skipped")
    results = []
    for kind in (HOURLY, WEEKLY):
        if arguments.only in {None, kind.name}:
            results.append(_run(arguments, kind))
            _show(results[-1])
    if arguments.json:
        versions = {"python": platform.python_version(), "torch": torch.__version__}
        print(json.dumps({"versions": versions, "cores": os.cpu_count(), "results": results}))


def _run(arguments: argparse.Namespace, kind: Kind) -> dict[str, Any]:
    """Reproduce the references, train, forecast, score."""
    collection, entries = load(arguments.data, kind), published(arguments.data, kind)
    references = {name: _reference(collection, forecast) for name, forecast in NAIVE.items()}
    _check(references, entries)
    if arguments.validate:
        collection, entries = collection.earlier(), {}
        references = {name: _reference(collection, forecast) for name, forecast in NAIVE.items()}
    options = COMMON | ARGUMENTS[kind.name] | {"seed": arguments.seed}
    options["ensemble"] = arguments.ensemble
    ahead, seconds = foretell_forecast(collection, options)
    ours = errors(ahead, collection.actuals, collection.histories, kind.season)
    own = f"foretell, {arguments.ensemble} seeds" if arguments.ensemble > 1 else "foretell"
    rows = {f"{name} (computed)": each for name, each in references.items()} | entries
    return {
        "frequency": kind.name, "test": "last training bars" if arguments.validate else "M4 test",
        "series": len(collection.names), "arguments": options, "seconds": seconds,
        "rows": [_row(name, each, references["Naive2"]) for name, each in rows.items()],
        "ours": _row(own, ours, references["Naive2"]),
    }  # fmt: skip


def foretell_forecast(
    collection: Collection, options: dict[str, Any]
) -> tuple[list[np.ndarray], dict[str, float]]:
    """Medians of each series, and seconds that fitting and forecasting took."""
    history = frame(collection.names, collection.histories)
    started = time.perf_counter()
    model = Forecaster(collection.kind.horizon, **options).fit(history)
    fitted = time.perf_counter()
    forecast = model.predict(history).to_frame()
    seconds = {"fit": fitted - started, "predict": time.perf_counter() - fitted}
    medians = forecast.sort("horizon").group_by("series").agg(pl.col("q0.5"))
    by_name = dict(medians.iter_rows())
    return [pl.Series(by_name[name]).to_numpy() for name in collection.names], seconds


NAIVE: dict[str, Callable[[np.ndarray, Kind], np.ndarray]] = {
    "Naive": lambda past, kind: naive(past, kind.horizon),
    "sNaive": lambda past, kind: snaive(past, kind.horizon, kind.season),
    "Naive2": lambda past, kind: naive2(past, kind.horizon, kind.season),
}


def _reference(
    collection: Collection, forecast: Callable[[np.ndarray, Kind], np.ndarray]
) -> Errors:
    ahead = [forecast(past, collection.kind) for past in collection.histories]
    return errors(ahead, collection.actuals, collection.histories, collection.kind.season)


def _check(references: dict[str, Errors], entries: dict[str, Errors]) -> None:
    """Refuse to go on where the competition's own references come out otherwise."""
    for name, ours in references.items():
        theirs = entries[name]
        if max(abs(one - other) for one, other in zip(ours, theirs, strict=True)) > ROUNDING:
            sys.exit(f"{name} comes out as {ours}, published is {theirs}: the data are others")


def _row(name: str, scored: Errors, reference: Errors) -> dict[str, Any]:
    return {"name": name, **scored._asdict(), "owa": scored.owa(reference)}


def _show(result: dict[str, Any]) -> None:
    """Print our row among the best entries and the references."""
    ours = result["ours"]
    ranked = sorted([*result["rows"], ours], key=lambda row: float(row["owa"]))
    entries = [row for row in ranked if "(computed)" not in row["name"] and row is not ours]
    kept = [row["name"] for row in entries[:SHOWN]] + [WINNER, ours["name"]]
    table = Table(title=f"M4 {result['frequency']}, {result['test']}, {result['series']} series")
    for heading in ("entry", "sMAPE", "MASE", "OWA"):
        table.add_column(heading, justify="left" if heading == "entry" else "right")
    for row in ranked:
        if row["name"] in kept or "(computed)" in row["name"]:
            name = "118, ES-RNN (the winner)" if row["name"] == WINNER else row["name"]
            figures = [f"{row['smape']:.3f}", f"{row['mase']:.3f}", f"{row['owa']:.4f}"]
            table.add_row(name, *figures, style="bold" if row is ours else None)
    console = Console(stderr=True)
    console.print(table)
    seconds = result["seconds"]
    console.print(f"fit {seconds['fit']:.0f} s, forecasts {seconds['predict']:.0f} s")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of the M4 files")
    parser.add_argument("--only", choices=[HOURLY.name, WEEKLY.name], help="one frequency alone")
    parser.add_argument("--validate", action="store_true", help="test on the last training bars")
    parser.add_argument("--ensemble", type=int, default=5, help="networks that are averaged")
    parser.add_argument("--seed", type=int, default=0, help="of the first network")
    parser.add_argument("--json", action="store_true", help="print all rows as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
