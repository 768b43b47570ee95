"""One network for several series at once.

``python examples/many_series.py`` (needs foretell[train])

A frame may hold any number of series with the same columns and the same time step. They share
one network, so that what one of them teaches helps the others; each keeps its own state, its own
volatility and its own forecast.
"""

from __future__ import annotations

import polars as pl

import foretell as ft

COINS = ("ETH-USD-1h", "LTC-USD-1h", "XRP-USD-1h", "EOS-USD-1h")
HOURS = 1_000  # the last six weeks, to be quick


def main() -> None:
    """Train on four coins together, then forecast and score them."""
    candles = pl.concat([ft.samples.load(coin).tail(HOURS) for coin in COINS])
    model = ft.Forecaster(horizon=6, ensemble=2, hidden_size=16).fit(candles)

    forecast = model.predict(candles)
    print(forecast)  # one line a series
    last = pl.col("horizon") == forecast.horizon
    print(forecast.interval(0.8).filter(last))

    # In a record, an hour counts once, however many coins traded in it: they move together.
    print(ft.track_record(model, candles).sentence)


if __name__ == "__main__":
    main()
