"""Do further columns help? Planted effects, whose size is known, and two real sequences.

``python benchmarks/covariates.py [--data ETTh1.csv.gz] [--seeds 5] [--json]``

1. Planted: 1,500 simulated days around the last value or a weekly season; a holiday on one day of
   twenty adds 5. Found at every horizon? What do columns of noise cost?
2. ETTh1 (Zhou et al., AAAI 2021): the oil temperature of a transformer, hourly, with its six loads
   as inputs; 12 months to learn from, 4 for validation, then 4 for the test.
3. With ``--weather CSV`` (vega's seattle-weather.csv): daily maximum temperature with
   precipitation, minimum temperature and wind as inputs.

Figures are mean pinball losses over horizons and quantiles.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

import foretell as ft
from foretell.forecast import pinball, targets
from foretell.proof import diebold_mariano
from foretell.series import sequences

HORIZON, DAYS, TEST = 14, 1_500, 300
EFFECT = 5.0
Options = dict[str, Any]


def planted(seed: int, kind: str) -> pl.DataFrame:
    """An autoregression of 0.7, around a weekly season or around nothing, and the holiday."""
    rng = np.random.default_rng(seed)
    holiday = (rng.random(DAYS) < 0.05).astype(float)
    shock, value = rng.normal(size=DAYS), np.zeros(DAYS)
    for day in range(1, DAYS):
        value[day] = 0.7 * value[day - 1] + shock[day]
    season = 4.0 * np.sin(2 * np.pi * np.arange(DAYS) / 7) if kind == "season" else 0.0
    time = [datetime(2018, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(DAYS)]
    columns = {"time": time, "value": 10.0 + season + value + EFFECT * holiday}
    return pl.DataFrame(columns).with_columns(holiday=holiday, noise=rng.normal(size=DAYS))


def scored(
    frame: pl.DataFrame, start: int, end: int, options: Options
) -> tuple[np.ndarray, np.ndarray]:
    """Train on the rows before one, forecast from those up to another.

    Returns
    -------
    loss_TH, median_TH : ndarray
    """
    model = ft.Forecaster(**options).fit(frame, until=frame["time"][start])
    row = sequences(frame.head(end), model.target, model.extra)[0]
    (trace,) = model.trace([row], int(row.time_T[start]))
    y_TH = targets(row, model.horizon)[start:]
    loss_TH = pinball(y_TH, trace.q_THK, np.array(model.quantiles))
    return loss_TH[: -model.horizon], trace.q_THK[:, :, len(model.quantiles) // 2]


def holidays(seeds: int) -> list[Options]:
    """Part 1."""
    found = []
    for kind in ("last value", "season"):
        losses: dict[str, list[float]] = {}
        effects = []
        for seed in range(seeds):
            frame = planted(seed, kind)
            for name, columns in {
                "none": {}, "known: holiday": {"known": ["holiday"]},
                "known: noise": {"known": ["noise"]}, "inputs: noise": {"inputs": ["noise"]},
            }.items():  # fmt: skip
                options = {"horizon": HORIZON} | columns
                loss_TH, median_TH = scored(frame, DAYS - TEST, DAYS, options)
                losses.setdefault(name, []).append(float(loss_TH.mean()))
                if name == "known: holiday":
                    effects.append(effect(frame, median_TH))
        found.append({
            "kind": kind, "loss": {name: float(np.mean(each)) for name, each in losses.items()},
            "effect by horizon": np.mean(effects, axis=0).round(2).tolist(),
        })  # fmt: skip
    return found


def effect(frame: pl.DataFrame, median_TH: np.ndarray) -> np.ndarray:
    """How much more is forecast for holidays than came without their effect, by horizon."""
    holiday_N = frame["holiday"].to_numpy()
    without_N = frame["value"].to_numpy() - EFFECT * holiday_N
    first = len(frame) - len(median_TH)
    found = []
    for step, median_T in enumerate(median_TH.T, start=1):
        ahead_T = holiday_N[first + step :]
        more_T = median_T[: len(ahead_T)] - without_N[first + step :]
        found.append(more_T[ahead_T > 0].mean() - more_T[ahead_T == 0].mean())
    return np.array(found)


def compared(frame: pl.DataFrame, cuts: tuple[int, int, int], options: Options) -> Options:
    """With inputs and without, on validation and then on the test."""
    found: Options = {}
    plain = {name: value for name, value in options.items() if name != "inputs"}
    for span, start, end in (("validation", *cuts[:2]), ("test", *cuts[1:])):
        without_TH, _ = scored(frame, start, end, plain)
        with_TH, _ = scored(frame, start, end, options)
        test = diebold_mariano(with_TH.mean(axis=1), without_TH.mean(axis=1), options["horizon"])
        found[span] = {
            "without": float(without_TH.mean()), "with": float(with_TH.mean()),
            "saved": float(1 - with_TH.mean() / without_TH.mean()), "p": test.p_value,
        }  # fmt: skip
    return found


def main() -> None:
    """Run what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", help="ETTh1.csv.gz")
    parser.add_argument("--weather", help="seattle-weather.csv")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found: Options = {"planted": holidays(arguments.seeds)} if arguments.seeds else {}
    if arguments.data:
        frame = pl.read_csv(arguments.data).rename({"date": "time"})
        loads = [name for name in frame.columns if name not in ("time", "OT")]
        options = {"horizon": 24, "target": "OT", "inputs": loads}
        found["ETTh1"] = compared(frame, (8_640, 11_520, 14_400), options)
    if arguments.weather:
        frame = pl.read_csv(arguments.weather).rename({"date": "time"})
        inputs = ["precipitation", "temp_min", "wind"]
        options = {"horizon": 7, "target": "temp_max", "inputs": inputs}
        found["Seattle"] = compared(frame, (730, 1_095, len(frame)), options)
    print(json.dumps(found, indent=None if arguments.json else 2))


if __name__ == "__main__":
    main()
