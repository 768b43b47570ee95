"""Columns that are known in advance, and columns that are not.

``python examples/known_future.py`` (needs foretell[train])

A shop's sales, simulated: a weekly season, a promotion on some days that adds 40, and the number of
visitors. Promotions are planned, so they are known in advance; visitors are only counted.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

import foretell as ft

DAYS, AHEAD = 500, 7


def simulate() -> pl.DataFrame:
    """The days so far, then a week of which nothing but the promotions is known."""
    rng = np.random.default_rng(seed=1)
    day = np.arange(DAYS + AHEAD)
    promotion = (rng.random(DAYS + AHEAD) < 0.1).astype(float)
    promotion[-3] = 1.0
    sales = 100 + 15 * np.sin(2 * np.pi * day / 7) + 40 * promotion + rng.normal(0, 5, DAYS + AHEAD)
    time = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=int(each)) for each in day]
    shop = pl.DataFrame({"time": time, "value": sales, "promotion": promotion})
    shop = shop.with_columns(visitors=pl.col("value") * 3 + rng.normal(0, 10, DAYS + AHEAD))
    counted = pl.int_range(pl.len()) < DAYS
    return shop.with_columns(pl.when(counted).then(pl.col("value", "visitors")).name.keep())


def main() -> None:
    """Forecast the week ahead, take in one more day, and forecast the week after it."""
    shop = simulate()
    model = ft.Forecaster(7, inputs=["visitors"], known=["promotion"], ensemble=2, hidden_size=16)
    model.fit(shop)
    print(model.predict(shop).interval(0.8))  # the promotion on the fifth day shows
    today = {"time": shop["time"][DAYS], "value": 101.0, "visitors": 300.0}
    furthest = {"time": today["time"] + timedelta(days=AHEAD), "promotion": 1.0}
    print(model.update(today, known=[furthest]).interval(0.8))  # and so does that of the seventh


if __name__ == "__main__":
    main()
