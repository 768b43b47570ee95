"""The daily benchmark's protocol: what is forecast, from where, and how it is scored.

Ten USDT coins, daily. A model learns from the bars before `CUT` and then forecasts, from every bar
at or after it, the log returns of the next 1..14 days as eleven quantiles. Details that move the
figures, set so that they reproduce those in the project's design notes:

- Every horizon keeps all of its origins: near the end of the data a bar whose 14-day target does
  not exist yet is still scored at the horizons whose targets do. Dropping such bars would raise
  every model's figures by about half a per cent (the last fortnight was calm).
- The mean is taken over all scored (origin, horizon, quantile) triples of a series, then over
  series with equal weight.
- A target known only after the cut is no training datum: the last h training origins go unused
  at horizon h.

Axes: S series, N bars of one series, T test origins, H horizons, K quantiles. The forecast of any
model is an array q_STHK of log returns relative to the origin's close.

Run as a script to print the scores of the anchor, which has no parameters but its quantiles:
``python benchmarks/protocol.py ../shared/data/binance/1d.parquet``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "CUT",
    "HORIZON",
    "QUANTILES",
    "Closes",
    "Score",
    "actual_returns",
    "anchor_forecast",
    "coverage",
    "ewma_volatility",
    "load_closes",
    "pinball",
    "score",
    "targets",
]

CUT = datetime(2024, 1, 1, tzinfo=UTC)
HORIZON = 14
QUANTILES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)

EWMA_DECAY = 0.94
# Returns that start the variance off, and are then too early to count towards the quantiles.
EWMA_WARM_UP = 20


@dataclass(frozen=True)
class Closes:
    """The closing prices of one series.

    Attributes
    ----------
    name
        The series' name, such as ``BTCUSDT``.
    times_N
        Open times of its bars, ascending.
    log_closes_N
        Natural logarithm of the close.
    train_size
        Number of bars that open before the cut: the test origins are the bars from this one on,
        but for the very last, which has nothing to be compared with.
    """

    name: str
    times_N: NDArray[np.datetime64]
    log_closes_N: Floats
    train_size: int

    @property
    def origins(self) -> slice:
        """The bars that are test origins."""
        return slice(self.train_size, len(self.log_closes_N) - 1)


@dataclass(frozen=True)
class Score:
    """How well one model did over all series.

    Attributes
    ----------
    mean
        Pinball loss of the log return over quantiles, horizons 1..H and origins, then series.
    first
        The same at horizon 1 alone.
    coverage_80, coverage_90
        Share of targets inside the bands from 0.1 to 0.9 and from 0.05 to 0.95.
    fit_seconds
        Wall time of the fit, without forecasting.
    """

    mean: float
    first: float
    coverage_80: float
    coverage_90: float
    fit_seconds: float

    def __str__(self) -> str:
        return (
            f"mean {self.mean:.6f}  h=1 {self.first:.6f}  80% band {self.coverage_80:.3f}  "
            f"90% band {self.coverage_90:.3f}  fit {self.fit_seconds:.1f} s"
        )


def load_closes(path: str | Path, cut: datetime = CUT) -> list[Closes]:
    """Read the closes of every series in a Parquet file of candles, by name.

    Parameters
    ----------
    path
        A file with the columns ``series``, ``time`` (UTC, the bar's open) and ``close``.
    cut
        Exclusive end of the training span.
    """
    frame = pl.read_parquet(path, columns=["series", "time", "close"]).sort("series", "time")
    return [
        Closes(
            name=str(name),
            times_N=bars["time"].dt.replace_time_zone(None).to_numpy(),
            log_closes_N=np.log(bars["close"].to_numpy()),
            train_size=bars.filter(pl.col("time") < cut).height,
        )
        for (name,), bars in frame.group_by("series", maintain_order=True)
    ]


def targets(log_closes_N: Floats, horizon: int = HORIZON) -> Floats:
    """Return y_NH, the log returns from each bar to the next 1..H; NaN where not yet known."""
    y_NH = np.full((len(log_closes_N), horizon), np.nan)
    for h in range(1, horizon + 1):
        y_NH[:-h, h - 1] = log_closes_N[h:] - log_closes_N[:-h]
    return y_NH


def actual_returns(closes: Sequence[Closes], horizon: int = HORIZON) -> Floats:
    """Return y_STH, the targets of every test origin; NaN past the end of the data.

    Raises
    ------
    ValueError
        If the series do not share the same test bars.
    """
    first = closes[0]
    for other in closes:
        if not np.array_equal(other.times_N[other.origins], first.times_N[first.origins]):
            message = f"{other.name} and {first.name} differ in their test bars; align them first"
            raise ValueError(message)
    return np.stack([targets(c.log_closes_N, horizon)[c.origins] for c in closes])


def pinball(q_STHK: Floats, y_STH: Floats, quantiles: Sequence[float] = QUANTILES) -> Floats:
    """Return the pinball loss of each quantile, in the target's shape with K appended.

    With e = y - q the loss is the larger of k * e and (k - 1) * e (Koenker and Bassett, 1978),
    not doubled. It is NaN where the target is.
    """
    levels_K = np.asarray(quantiles)
    errors_STHK = y_STH[..., np.newaxis] - q_STHK
    return np.maximum(levels_K * errors_STHK, (levels_K - 1) * errors_STHK)


def coverage(
    q_STHK: Floats,
    y_STH: Floats,
    lower: float,
    upper: float,
    quantiles: Sequence[float] = QUANTILES,
) -> float:
    """Return the share of known targets from the lower to the upper quantile, both included."""
    levels = list(quantiles)
    low_STH, high_STH = q_STHK[..., levels.index(lower)], q_STHK[..., levels.index(upper)]
    inside_STH = (low_STH <= y_STH) & (y_STH <= high_STH)
    return float(inside_STH[np.isfinite(y_STH)].mean())


def score(q_STHK: Floats, y_STH: Floats, fit_seconds: float = 0.0) -> Score:
    """Score forecasts against targets.

    Parameters
    ----------
    q_STHK
        Quantiles of the log return.
    y_STH
        What `actual_returns` returned.
    fit_seconds
        Copied into the score.

    Raises
    ------
    ValueError
        If the shapes disagree, or a forecast is missing where its target is known.
    """
    if q_STHK.shape != (*y_STH.shape, len(QUANTILES)):
        message = f"forecasts {q_STHK.shape} do not match targets {y_STH.shape} + quantiles"
        raise ValueError(message)
    missing = int(np.sum(~np.isfinite(q_STHK[np.isfinite(y_STH)])))
    if missing:  # A mean that skips NaN would reward a model for keeping silent.
        message = f"{missing} forecasts are missing where the target is known"
        raise ValueError(message)
    loss_STHK = pinball(q_STHK, y_STH)
    return Score(
        mean=_mean_over_series(loss_STHK),
        first=_mean_over_series(loss_STHK[:, :, :1]),
        coverage_80=coverage(q_STHK, y_STH, 0.1, 0.9),
        coverage_90=coverage(q_STHK, y_STH, 0.05, 0.95),
        fit_seconds=fit_seconds,
    )


def _mean_over_series(loss_STHK: Floats) -> float:
    return float(np.mean([np.nanmean(loss_THK) for loss_THK in loss_STHK]))


def ewma_volatility(log_closes_N: Floats, decay: float = EWMA_DECAY) -> Floats:
    """Return sigma_N, the exponentially weighted volatility of the daily log return at each bar.

    v[t] = decay * v[t-1] + (1 - decay) * r[t]**2. The recursion starts from the mean square of
    the first `EWMA_WARM_UP` returns; the bars that those returns reach are NaN.
    """
    squares = np.diff(log_closes_N) ** 2
    sigma_N = np.full(len(log_closes_N), np.nan)
    variance = float(squares[:EWMA_WARM_UP].mean())
    for bar in range(EWMA_WARM_UP + 1, len(log_closes_N)):
        variance = decay * variance + (1 - decay) * float(squares[bar - 1])
        sigma_N[bar] = np.sqrt(variance)
    return sigma_N


def anchor_forecast(closes: Sequence[Closes], horizon: int = HORIZON) -> Floats:
    """Return q_STHK of the anchor alone: EWMA volatility times sqrt(h) times fixed quantiles.

    The quantiles are those of each coin's own standardised targets over the training span, one
    set a horizon. This is the plain reference by which the protocol was calibrated.
    """
    return np.stack([_anchor_forecast_one(series, horizon) for series in closes])


def _anchor_forecast_one(closes: Closes, horizon: int) -> Floats:
    root_H = np.sqrt(np.arange(1, horizon + 1))
    scale_NH = ewma_volatility(closes.log_closes_N)[:, np.newaxis] * root_H
    # Targets are made from the training closes alone, so none reaches past the cut.
    train = slice(0, closes.train_size)
    z_NH = targets(closes.log_closes_N[train], horizon) / scale_NH[train]
    z_HK = np.nanquantile(z_NH, QUANTILES, axis=0).T
    q_THK: Floats = scale_NH[closes.origins, :, np.newaxis] * z_HK
    return q_THK


if __name__ == "__main__":
    daily = load_closes(sys.argv[1])
    print("anchor:", score(anchor_forecast(daily), actual_returns(daily)))
