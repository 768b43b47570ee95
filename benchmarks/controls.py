"""Negative and positive controls: skill where there is none, and where there is some.

``python benchmarks/controls.py [--seeds 20] [--kind NAME ...]``

Simulated candles: random walks with constant volatility, random walks with GARCH volatility, real
returns in random order, and series with planted first-order autoregressions of returns. For each,
a whole track record as `foretell forecast` makes it. Table on stderr, JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from foretell import Forecaster, samples, track_record

BARS, HORIZON = 2_500, 3
TICKS = 24  # trades a bar, from which its high and low come
DAILY_VOLATILITY = 0.02

Returns = Callable[[np.random.Generator], NDArray[np.float64]]


def constant(rng: np.random.Generator) -> NDArray[np.float64]:
    """Independent returns of one volatility."""
    return DAILY_VOLATILITY * rng.normal(size=BARS)


def clustered(rng: np.random.Generator) -> NDArray[np.float64]:
    """GARCH(1,1) returns: direction is chance, volatility is not."""
    returns, variance = np.empty(BARS), DAILY_VOLATILITY**2
    for bar, shock in enumerate(rng.normal(size=BARS)):
        returns[bar] = np.sqrt(variance) * shock
        variance = 0.05 * DAILY_VOLATILITY**2 + 0.1 * returns[bar] ** 2 + 0.85 * variance
    return returns


def shuffled(rng: np.random.Generator) -> NDArray[np.float64]:
    """Bitcoin's own daily returns in random order: whatever told of the next one is gone."""
    close_T = np.log(samples.load("BTC-USD")["close"].to_numpy())
    drawn: NDArray[np.float64] = rng.permutation(np.diff(close_T))[:BARS]
    return drawn


def planted(persistence: float) -> Returns:
    """Each return repeats a share of the one before."""

    def draw(rng: np.random.Generator) -> NDArray[np.float64]:
        returns = DAILY_VOLATILITY * rng.normal(size=BARS)
        for bar in range(1, BARS):
            returns[bar] += persistence * returns[bar - 1]
        return returns

    return draw


def candles(returns: NDArray[np.float64], rng: np.random.Generator) -> pl.DataFrame:
    """Candles whose closes have the given returns, with a Brownian bridge inside each bar."""
    noise = rng.normal(size=(len(returns), TICKS)).cumsum(axis=1)
    share = np.arange(1, TICKS + 1) / TICKS
    bridge = (noise - share * noise[:, -1:]) * DAILY_VOLATILITY / np.sqrt(TICKS)
    path = np.column_stack([np.zeros(len(returns)), bridge + share * returns[:, None]])
    path += np.concatenate([[0.0], np.cumsum(returns)[:-1]])[:, None]
    prices = 100.0 * np.exp(path)
    times = np.datetime64("2015-01-01") + np.arange(len(returns))
    return pl.DataFrame(
        {
            "time": times.astype("datetime64[us]"), "open": prices[:, 0],
            "high": prices.max(axis=1), "low": prices.min(axis=1), "close": prices[:, -1],
        }
    )  # fmt: skip


KINDS: dict[str, Returns] = {
    "random walk": constant,
    "random walk, GARCH volatility": clustered,
    "shuffled": shuffled,
    "planted autoregression 0.4": planted(0.4),
    "planted autoregression 0.6": planted(0.6),
}


def main() -> None:
    """Run all records."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--kind", choices=KINDS, action="append", help="default: all")
    arguments = parser.parse_args()
    seeds, kinds = arguments.seeds, arguments.kind or list(KINDS)
    found = {kind: [_run(KINDS[kind], seed) for seed in range(seeds)] for kind in kinds}
    for kind, records in found.items():
        skilful = sum(bool(record["skilful"]) for record in records)
        walk = sum(record["p_values"]["random walk"] < 0.05 for record in records)
        sys.stderr.write(
            f"{kind}: skill in {skilful} of {seeds}; random walk alone beaten in {walk}\n"
        )
    print(json.dumps(found, indent=1))


def _run(returns: Returns, seed: int) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    frame = candles(returns(rng), rng)
    started = time.perf_counter()
    record = track_record(Forecaster(HORIZON), frame)
    return {
        "seed": seed,
        "skilful": record.skilful,
        "skill": {each.rival: each.skill for each in record.comparisons},
        "p_values": {each.rival: each.p_value for each in record.comparisons},
        "coverage": record.coverage,
        "seconds": time.perf_counter() - started,
    }


if __name__ == "__main__":
    main()
