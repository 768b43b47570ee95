"""Every rival on the daily benchmark: its loss, its coverage and what it takes.

``python benchmarks/rivals.py ../shared/data/binance/1d.parquet [--rivals garch,har]``

The protocol is that of `protocol`: ten coins, origins from 2024-01-01, horizons 1 to 14.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import polars as pl

from foretell.forecast.rivals import RIVALS
from foretell.series import Sequence, sequences
from protocol import CUT, HORIZON, QUANTILES, actual_returns, load_closes, score

COLUMNS = ("series", "time", "open", "high", "low", "close")


def main() -> None:
    """Print one line a rival."""
    parser = argparse.ArgumentParser(description="the rivals of a record, measured")
    parser.add_argument("data", type=Path)
    parser.add_argument("--rivals", default=",".join(RIVALS), help="keys, by commas")
    arguments = parser.parse_args()
    y_STH = actual_returns(load_closes(arguments.data))
    rows = _rows(arguments.data)
    print("| rival | mean, h = 1..14 | h = 1 | 80% band | 90% band | first coin, s | all, s |")
    print("|---|---|---|---|---|---|---|")
    for key in arguments.rivals.split(","):
        q_STHK, first, seconds = _forecast(key, rows)
        got = score(q_STHK, y_STH)
        print(
            f"| {RIVALS[key].name} | {got.mean:.5f} | {got.first:.6f} | {got.coverage_80:.1%} "
            f"| {got.coverage_90:.1%} | {first:.1f} | {seconds:.1f} |",
            flush=True,
        )


def _rows(data: Path) -> list[Sequence]:
    frame = pl.read_parquet(data, columns=list(COLUMNS)).sort("series", "time")
    return sequences(frame)


def _forecast(key: str, rows: list[Sequence]) -> tuple[np.ndarray, float, float]:
    """Log returns from every test origin; seconds for one series, with imports, and for all."""
    rival = RIVALS[key](HORIZON, np.array(QUANTILES))
    started = time.perf_counter()
    returns, clock = [], []
    for row in rows:
        (trace,) = rival.trace([row], int(CUT.timestamp()))
        now_T = np.log(row.target_T[trace.first :])
        returns.append((trace.q_THK - now_T[:, None, None])[:-1])
        clock.append(time.perf_counter() - started)
    return np.stack(returns), clock[0], clock[-1]


if __name__ == "__main__":
    main()
