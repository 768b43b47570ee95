"""What one live bar costs: the network's step alone, and the whole of `Forecaster.update`.

``python benchmarks/streaming.py``

Best of many repeats, in microseconds: the machine's other work only adds time. Weights are those
of a barely trained model; the time does not depend on their values.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from foretell import Forecaster, samples
from foretell.series import checked_bar, sequences

BARS = 400


def main() -> None:
    """Measure one and three members."""
    figures = {f"{members} member": measure(members) for members in (1, 3)}
    for name, each in figures.items():
        shares = ", ".join(f"{part} {micros:.1f}" for part, micros in each.items())
        sys.stderr.write(f"{name}: {shares} microseconds\n")
    print(json.dumps(figures, indent=2))


def measure(members: int) -> dict[str, float]:
    """Time the parts of a live bar of a model of hidden size 64 and 14 horizons."""
    candles = samples.load("BTC-USD")
    model = Forecaster(14, ensemble=members, steps=1).fit(candles[:500])
    model.predict(candles[:-BARS])
    live = model._live["BTC-USD"]  # noqa: SLF001 - the parts are what is measured
    network, stream = live._engine.network, live._stream  # noqa: SLF001
    x_SF = np.zeros((1, len(live._engine.encoder.standardiser.mean_F)), dtype=np.float32)  # noqa: SLF001
    state = network.start()
    network.advance(state, x_SF)
    row = sequences(candles)[0]
    bars = list(row.bars())[-BARS:]
    rows = candles[-BARS:].to_dicts()
    columns, grid = row.columns, row.frequency
    return {
        "cell": best(lambda: network.advance(state, x_SF)),
        "head": best(lambda: network.read(state)),
        "network": best(lambda: network.step(state, x_SF)),
        "check of the bar": best(lambda: checked_bar(rows[1], columns, grid, bars[0][0])),
        "features and anchor": each(lambda n: stream.step(*bars[n])),
        "whole update": each(lambda n: model.update(rows[n])),
    }


def best(call: Callable[[], object], repeats: int = 60, loops: int = 100) -> float:
    """Lowest mean time of a call over some loops."""
    call()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        for _ in range(loops):
            call()
        times.append((time.perf_counter() - started) / loops)
    return min(times) * 1e6


def each(call: Callable[[int], object]) -> float:
    """Median time of a call that goes on from bar to bar."""
    times = []
    for number in range(BARS):
        started = time.perf_counter()
        call(number)
        times.append(time.perf_counter() - started)
    return float(np.median(times)) * 1e6


if __name__ == "__main__":
    main()
