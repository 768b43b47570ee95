"""The package's GJR-GARCH-t rival in the terms of the daily benchmark.

Run as a script to print the scores:
``python benchmarks/garch.py ../shared/data/binance/1d.parquet``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from foretell.forecast.rivals import GarchT
from foretell.series import Frequency
from foretell.series import Sequence as Bars
from protocol import HORIZON, QUANTILES, Closes, actual_returns, load_closes, score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["GarchForecast", "garch_forecast"]

DAILY = Frequency(86_400)


@dataclass(frozen=True)
class GarchForecast:
    """Forecasts of all series, and what they took: q_STHK, and seconds of wall time."""

    q_STHK: NDArray[np.float64]
    seconds: float


def garch_forecast(closes: Sequence[Closes], horizon: int = HORIZON) -> GarchForecast:
    """Fit each series before the cut and forecast its log returns from every test origin."""
    rival = GarchT(horizon, np.array(QUANTILES))
    start = time.perf_counter()
    q_STHK = []
    for series in closes:
        q_THK = rival.forecast(_bars(series), series.train_size)
        now_T = series.log_closes_N[series.train_size :]
        q_STHK.append((q_THK - now_T[:, np.newaxis, np.newaxis])[:-1])
    return GarchForecast(np.stack(q_STHK), time.perf_counter() - start)


def _bars(closes: Closes) -> Bars:
    time_T = closes.times_N.astype("datetime64[s]").astype(np.int64)
    return Bars(closes.name, DAILY, ("close",), time_T, np.exp(closes.log_closes_N)[:, np.newaxis])


if __name__ == "__main__":
    daily = load_closes(sys.argv[1])
    forecast = garch_forecast(daily)
    print("garch:", score(forecast.q_STHK, actual_returns(daily), forecast.seconds))
