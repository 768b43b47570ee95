"""How often the Diebold-Mariano tests find a difference where there is none.

``python benchmarks/dm_size.py [--runs 2000] [--seed 0]``

Loss differences without a mean, under nulls that records meet: independent ones, moving sums of
as many shocks as bars ahead (overlapping forecasts), GARCH shocks of both kinds, and an
autoregression that outlasts the overlap. Share of runs with p below 0.05, in percent: one-sided
(the rival worse), and two-sided. With 2,000 runs its standard error is 0.5 points. Table on
stderr, JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from foretell.proof import diebold_mariano, harvey_leybourne_newbold

SETTLING = 300  # shocks before the first difference
DESIGNS = ((850, 14), (200, 3), (850, 1), (850, 24), (200, 14))  # origins, bars ahead
TESTS = {"EWC": diebold_mariano, "rectangular": harvey_leybourne_newbold}

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]


def independent(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Independent normal shocks."""
    return rng.normal(size=count)


def clustered(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """GARCH(1,1) shocks with parameters that daily prices have."""
    shocks, variance = np.empty(count + SETTLING), 1.0
    for place, shock in enumerate(rng.normal(size=count + SETTLING)):
        shocks[place] = np.sqrt(variance) * shock
        variance = 0.05 + 0.1 * shocks[place] ** 2 + 0.85 * variance
    return shocks[SETTLING:]


def lasting(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """First-order autoregression with a coefficient of one half."""
    shocks = rng.normal(size=count + SETTLING)
    for place in range(1, count + SETTLING):
        shocks[place] += 0.5 * shocks[place - 1]
    return shocks[SETTLING:]


def overlapping(draw: Draw, horizon: int) -> Draw:
    """Sums of as many neighbouring shocks as bars ahead."""

    def moving(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        return np.convolve(draw(rng, count + horizon - 1), np.ones(horizon), mode="valid")

    return moving


def nulls(horizon: int) -> dict[str, Draw]:
    """Differences by name."""
    plain: dict[str, Draw] = {
        "independent": independent,
        "GARCH": clustered,
        "autoregression": lasting,
    }
    if horizon == 1:
        return plain
    moving = {f"{name}, overlapping": overlapping(draw, horizon) for name, draw in plain.items()}
    return plain | moving


def sizes(runs: int, seed: int) -> Iterator[dict[str, object]]:
    """Rejections in percent, a row for each design and null."""
    for origins, horizon in DESIGNS:
        for name, draw in nulls(horizon).items():
            rng = np.random.default_rng([seed, origins, horizon])
            differences = [draw(rng, origins) for _ in range(runs)]
            row: dict[str, object] = {"origins": origins, "horizon": horizon, "null": name}
            for test_name, test in TESTS.items():
                results = [test(np.zeros(origins), each, horizon) for each in differences]
                row[f"{test_name}, one-sided"] = _percent([each.p_value for each in results])
                row[f"{test_name}, two-sided"] = _percent([each.two_sided for each in results])
            yield row


def _percent(p: list[float]) -> float:
    return round(100.0 * float(np.mean(np.array(p) < 0.05)), 2)


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    begun, rows = time.perf_counter(), []
    for row in sizes(options.runs, options.seed):
        rows.append(row)
        if len(rows) == 1:
            print("| " + " | ".join(row) + " |\n" + "|---" * len(row) + "|", file=sys.stderr)
        print("| " + " | ".join(str(value) for value in row.values()) + " |", file=sys.stderr)
    seconds = round(time.perf_counter() - begun)
    print(
        json.dumps({"runs": options.runs, "seed": options.seed, "seconds": seconds, "rows": rows})
    )


if __name__ == "__main__":
    main()
