"""The daily benchmark: foretell against its anchor, GJR-GARCH-t and, on wish, neuralforecast.

``python benchmarks/daily_crypto.py --data ../shared/data/binance/1d.parquet [--peers]``

All models run in one call, one after the other, on the protocol of ``protocol.py``. The table
goes to stderr, the same figures as JSON to stdout.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch  # imported here, so that its import is in nobody's fit time
from rich.console import Console
from rich.table import Table

from foretell import Forecaster
from foretell.series import Sequence, instant, sequences
from protocol import (
    CUT,
    HORIZON,
    QUANTILES,
    Score,
    actual_returns,
    anchor_forecast,
    load_closes,
    score,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("series", "time", "open", "high", "low", "close", "volume")


def main() -> None:
    """Run the benchmark."""
    arguments = _arguments()
    if not arguments.data.is_file():
        sys.exit(f"no data at {arguments.data}; the benchmark is skipped")
    closes = load_closes(arguments.data)
    y_STH = actual_returns(closes)
    scores = {"anchor, EWMA(0.94)": score(anchor_forecast(closes), y_STH)}
    if not arguments.no_garch:
        from garch import garch_forecast

        rival = garch_forecast(closes)
        scores["GJR-GARCH(1,1)-t"] = score(rival.q_STHK, y_STH, rival.seconds)
    q_STHK, seconds = foretell_forecast(
        arguments.data, ensemble=arguments.ensemble, seed=arguments.seed,
        cell=arguments.cell, layers=arguments.layers,
    )  # fmt: skip
    scores[f"foretell, {arguments.cell}, {arguments.ensemble} seeds"] = score(
        q_STHK, y_STH, seconds
    )
    if arguments.peers:
        from peers import neuralforecast_forecast

        q_STHK, seconds = neuralforecast_forecast(arguments.data, arguments.workdir)
        scores["neuralforecast LSTM"] = score(q_STHK, y_STH, seconds)
    show(scores)
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    print(json.dumps({"versions": versions} | {k: asdict(v) for k, v in scores.items()}))


def foretell_forecast(data: Path, **parameters: Any) -> tuple[NDArray[np.float64], float]:
    """Train before the cut; forecast log returns from every test origin."""
    rows = sorted(sequences(_frame(data)), key=lambda row: row.name)
    model = Forecaster(HORIZON, quantiles=QUANTILES, **parameters)
    started = time.perf_counter()
    model.fit(_frame(data), until=CUT)
    seconds = time.perf_counter() - started
    traces = model.trace(rows, instant(CUT))
    return np.stack([_returns(trace.sequence, trace.q_THK) for trace in traces]), seconds


def _returns(row: Sequence, q_THK: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of the log return; the last bar has nothing to be compared with."""
    log_close_T = np.log(row.target_T)[-len(q_THK) :]
    returns: NDArray[np.float64] = (q_THK - log_close_T[:, None, None])[:-1]
    return returns


def _frame(data: Path):  # noqa: ANN202 - a polars frame
    import polars as pl

    return pl.read_parquet(data, columns=list(COLUMNS))


def show(scores: dict[str, Score]) -> None:
    """Print the table, with ratios to the anchor."""
    table = Table(title="Mean pinball loss of log returns, h = 1..14, from 2024-01-01")
    for heading in ("model", "mean", "h = 1", "vs anchor", "80% band", "90% band", "fit, s"):
        table.add_column(heading, justify="left" if heading == "model" else "right")
    anchor = next(iter(scores.values())).mean
    for name, each in scores.items():
        table.add_row(
            name, f"{each.mean:.5f}", f"{each.first:.6f}", f"{each.mean / anchor - 1:+.2%}",
            f"{each.coverage_80:.1%}", f"{each.coverage_90:.1%}", f"{each.fit_seconds:.1f}",
        )  # fmt: skip
    Console(stderr=True).print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="Parquet file of daily candles")
    parser.add_argument("--peers", action="store_true", help="also run neuralforecast's LSTM")
    parser.add_argument("--no-garch", action="store_true", help="leave out GJR-GARCH-t")
    parser.add_argument("--cell", default="lstm", help="lstm, gru, rnn or slstm")
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--ensemble", type=int, default=3, help="networks that are averaged")
    parser.add_argument("--seed", type=int, default=0, help="of the first network")
    parser.add_argument(
        "--workdir", type=Path, default=Path(tempfile.gettempdir()) / "foretell-peers",
        help="folder for the peers' own environments",
    )  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    main()
