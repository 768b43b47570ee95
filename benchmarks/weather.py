"""Temperatures seven days ahead, against what a meteorologist would ask for.

``python benchmarks/weather.py --data-folder ../shared/data/weather [--json]``

Seattle's daily maximum (bundled) and Melbourne's daily minimum, each alone: every day of the second
half of the time is an origin, fitted anew every 90 days, horizons 1 to 7, pinball loss over the
default quantiles. Rivals are the seasonal naive forecast, a climatology (the waves of the
year, with past errors around) and AutoETS. p is one-sided, of the Diebold-Mariano test, by horizon
and on the mean over horizons.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

import foretell as ft
from foretell.execution import Processes
from foretell.proof import BANDS, Backtest
from foretell.proof.evaluation import Entry
from foretell.proof.scores import skill
from foretell.proof.significance import diebold_mariano
from foretell.series import sequences

HORIZON, REFIT = 7, 90
SMALL = {"hidden_size": 16, "ensemble": 6}  # a few years teach little; chosen on the first halves
RIVALS = ("seasonal-naive", "climatology", "ets")
MELBOURNE = "daily-min-temperatures.csv.gz"


def main(arguments: list[str] | None = None) -> int:
    """Print a table a series, or all figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--data-folder", type=Path, help=f"holds {MELBOURNE}; without, Seattle alone"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="figures instead of tables")
    given = parser.parse_args(arguments)
    results = {name: measured(frame, given.seed) for name, frame in frames(given.data_folder)}
    if given.json:
        print(json.dumps(results, indent=2))
        return 0
    for name, result in results.items():
        show(name, result)
    return 0


def frames(folder: Path | None) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the series by name."""
    yield "Seattle, daily maximum", ft.samples.load("SEATTLE-TEMP-MAX")
    if folder is None:
        return
    if not (folder / MELBOURNE).exists():
        print(f"{folder / MELBOURNE} is not there: Melbourne is left out")
        return
    table = pl.read_csv(folder / MELBOURNE)
    time, value = table.columns
    yield "Melbourne, daily minimum", table.select(time=time, value=value)


def measured(frame: pl.DataFrame, seed: int) -> dict[str, Any]:
    """Walk forward over the second half."""
    model = ft.Forecaster(HORIZON, **SMALL, seed=seed)
    (row,) = sequences(frame)
    start = int(row.time_T[len(row) // 2])
    result = ft.backtest(model, frame, start, refit=REFIT, rivals=RIVALS, executor=Processes())
    return {
        "origins": len(result.own.time_T),
        "loss": result.own.board.overall["pinball"],
        "rivals": {each.name: against(result.own, each) for each in result.rivals},
        "coverage": coverage(result),
    }


def against(own: Entry, rival: Entry) -> dict[str, Any]:
    """Skill and p on the mean over horizons, and by horizon."""
    own_TH, rival_TH = own.loss_TH, rival.loss_TH
    by_horizon = [
        {
            "skill": skill(float(own_TH[:, step].mean()), float(rival_TH[:, step].mean())),
            "p": diebold_mariano(own_TH[:, step], rival_TH[:, step], step + 1).p_value,
        }
        for step in range(HORIZON)
    ]
    return {
        "skill": skill(float(own_TH.mean()), float(rival_TH.mean())),
        "p": diebold_mariano(own.loss_T, rival.loss_T, HORIZON).p_value,
        "by_horizon": by_horizon,
    }


def coverage(result: Backtest) -> dict[str, list[float]]:
    """Share of targets inside each band, by horizon."""
    board = result.own.board
    steps = range(1, HORIZON + 1)
    return {f"{band}": [board.get(f"coverage_{band}", step) for step in steps] for band in BANDS}


def show(name: str, result: dict[str, Any]) -> None:
    """Print one series."""
    print(f"\n{name}: {result['origins']} origins, loss {result['loss']:.4f}\n")
    steps = [f"h = {step}" for step in range(1, HORIZON + 1)]
    print(f"| | pooled | {' | '.join(steps)} |\n|{'---|' * (HORIZON + 2)}")
    for rival, got in result["rivals"].items():
        cells = [f"{each['skill']:+.1%} ({each['p']:.3f})" for each in (got, *got["by_horizon"])]
        print(f"| {rival} | {' | '.join(cells)} |")
    for band, shares in result["coverage"].items():
        pooled = sum(shares) / HORIZON
        cells = [f"{share:.1%}" for share in (pooled, *shares)]
        print(f"| {float(band):.0%} band | {' | '.join(cells)} |")


if __name__ == "__main__":
    raise SystemExit(main())
