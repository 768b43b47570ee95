"""From a CSV of your own candles to a forecast.

``python examples/own_csv.py`` (needs foretell[train])

The file here is simulated: 400 days of a random walk. Put the path of your own in its place. It
needs a time column and ``close``; ``docs/frames.md`` lists the names that are understood.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

import foretell as ft


def write_candles(path: Path, days: int = 400) -> None:
    """Write candles of a random walk, in the form many exchanges export them."""
    rng = np.random.default_rng(seed=0)
    close = 100.0 * np.exp(np.cumsum(0.02 * rng.normal(size=days)))
    opened = np.append(100.0, close[:-1])
    wick = np.exp(0.01 * np.abs(rng.normal(size=(2, days))))
    dates = np.datetime64("2024-01-01") + np.arange(days)
    candles = {
        "Date": dates,
        "Open": opened,
        "High": np.maximum(opened, close) * wick[0],
        "Low": np.minimum(opened, close) / wick[1],
        "Close": close,
        "Volume": rng.lognormal(5.0, 1.0, size=days),
    }
    pl.DataFrame(candles).write_csv(path)


def main() -> None:
    """Train on the file and forecast the week after it."""
    path = Path("my-candles.csv")
    write_candles(path)
    model = ft.Forecaster(horizon=7, ensemble=2, hidden_size=16).fit(path)
    forecast = model.predict(path)
    print(forecast.interval(0.8))
    # The file is a random walk: if the record claims skill here, that is chance.
    print(ft.track_record(model, path).sentence)


if __name__ == "__main__":
    main()
