"""A live feed: read the past once, then take in one bar at a time.

``python examples/live_updates.py`` (needs foretell[train])

An update costs the same however long the past is, and gives exactly what a forecast from the
whole history would give. This shows both.
"""

from __future__ import annotations

import time

import foretell as ft

NEW = 50  # bars that arrive one by one


def main() -> None:
    """Predict, update bar by bar, and compare with predicting from everything."""
    candles = ft.samples.load("BTC-USD").tail(1_500)
    past, arriving = candles[:-NEW], candles[-NEW:]
    model = ft.Forecaster(horizon=7, ensemble=2, hidden_size=16).fit(past)

    model.predict(past)  # reads the past; from here on the model holds its state
    model.save("live.safetensors")  # the state is saved too: a restart goes on from here
    model = ft.Forecaster.load("live.safetensors")

    started = time.perf_counter()
    for bar in arriving.iter_rows(named=True):  # any mapping with time and the values will do
        forecast = model.update(bar)
    each = (time.perf_counter() - started) / NEW
    print(f"{NEW} updates, {each * 1e6:.0f} microseconds each")

    again = model.predict(candles)
    equal = forecast.to_frame().equals(again.to_frame())
    print(f"the same as forecasting from all {len(candles)} bars, bit for bit: {equal}")
    print(forecast)
    if not equal:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
