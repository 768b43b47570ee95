"""Twelve small pipelines, each with a leak that is met in the wild, and each done right.

Every pipeline takes a frame of candles and returns forecasts of the next close (``series``,
``origin``, ``forecast``). With ``leaky=True`` it makes the mistake that it is named for; the rest
of it is the same line for line. `PLANTED` lists them with the frame that each is run on and how
many bars ahead its leak reaches (None: to the end of the data).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

import foretell as ft

Floats = NDArray[np.float64]

DAY = timedelta(days=1)
LAGS = 20
TEST_BARS = 120  # from this many bars before the end of the sample on, nothing may be learned


class Pipeline(Protocol):
    """From candles to forecasts, with its mistake or without."""

    def __call__(self, frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
        """Forecast from every bar."""


@dataclass(frozen=True)
class Planted:
    """A pipeline with a name, the frame it is run on, and the reach of its leak in bars."""

    name: str
    pipeline: Pipeline
    frame: Callable[[], pl.DataFrame]
    reach: int | None

    def variant(self, *, leaky: bool) -> Callable[[Any], Any]:
        """The pipeline as `foretell.audit` takes it."""
        return partial(self.pipeline, leaky=leaky)


# -- frames ----------------------------------------------------------------------------------------


@cache
def daily() -> pl.DataFrame:
    """400 days of Bitcoin."""
    return ft.samples.load("BTC-USD").tail(400)


@cache
def hourly() -> pl.DataFrame:
    """480 hours of Litecoin."""
    return ft.samples.load("LTC-USD-1h").tail(480)


@cache
def two_coins() -> pl.DataFrame:
    """Two coins, hour by hour."""
    return pl.concat([hourly(), ft.samples.load("XRP-USD-1h").tail(480)])


@cache
def two_steps() -> pl.DataFrame:
    """One coin by the hour and, as an exchange delivers it, by the day, stamped at its open."""
    hours = hourly()
    days = hours.group_by_dynamic("time", every="1d").agg(
        pl.col("open").first(), pl.col("high").max(), pl.col("low").min(), pl.col("close").last(),
        pl.col("volume").sum(), hours=pl.len(),
    )  # fmt: skip
    whole = days.filter(pl.col("hours") == 24).select(
        pl.lit("DAILY").alias("series"), *hours.columns[1:]
    )
    return pl.concat([hours, whole])


@cache
def split() -> datetime:
    """First bar of the test span of `daily`."""
    moment: datetime = daily()["time"][-TEST_BARS]
    return moment


# -- shared by several -----------------------------------------------------------------------------


def returns() -> pl.Expr:
    """Log return of each bar."""
    return pl.col("close").log().diff()


def forecasts(frame: pl.DataFrame, expected: pl.Expr) -> pl.DataFrame:
    """The next close, from an expected log return; a bar without one is forecast unchanged."""
    return frame.select(
        "series",
        origin="time",
        forecast=pl.col("close") * expected.fill_nan(None).fill_null(0.0).clip(-0.5, 0.5).exp(),
    )


def fitted(inputs_TF: Floats, target_T: Floats, rows_T: NDArray[np.bool_]) -> Floats:
    """Ridge regression on some rows, applied to all."""
    known_T = rows_T & np.isfinite(inputs_TF).all(axis=1) & np.isfinite(target_T)
    x, y = inputs_TF[known_T], target_T[known_T]
    weight_F = np.linalg.solve(x.T @ x + 1e-4 * np.eye(x.shape[1]), x.T @ y)
    return np.array([row @ weight_F for row in inputs_TF])


# -- the twelve ------------------------------------------------------------------------------------


def shifted(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """Momentum; the shift has the wrong sign."""
    before = pl.col("close").shift(-1 if leaky else 1)
    return forecasts(frame, 0.2 * (pl.col("close") / before).log().abs())


def centred(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """Return to a moving average; the window is centred."""
    average = pl.col("close").rolling_mean(5, center=leaky)
    return forecasts(frame, 0.1 * (average / pl.col("close")).log())


def scaled(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """A standardised return; mean and spread are those of the whole frame."""
    r = returns()
    count = pl.int_range(pl.len())
    mean = r.mean() if leaky else r.fill_null(0.0).cum_sum() / (count + 1)
    square = (r**2).mean() if leaky else (r**2).fill_null(0.0).cum_sum() / (count + 1)
    return forecasts(frame, -0.002 * (r - mean) / square.sqrt())


def back_filled(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """Volatility needs 20 bars; the first ones take it from the bars after them."""
    volatility = returns().rolling_std(20)
    whole = volatility.backward_fill() if leaky else volatility.fill_null(0.03)
    return forecasts(frame, 0.05 * whole)


def still_open(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """The trend of four-hour candles; each is used from its first hour on, as if it had closed."""
    block = pl.col("time").dt.truncate("4h")
    blocks = frame.group_by(block.alias("block"), maintain_order=True).agg(pl.col("close").last())
    trend = pl.col("close").log().diff()
    found = blocks.with_columns(trend=trend if leaky else trend.shift(1)).drop("close")
    joined = frame.with_columns(block=block).join(found, on="block", how="left")
    return forecasts(joined, 0.1 * pl.col("trend"))


def early_stopped(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """Gradient descent, stopped where the loss is lowest on the bars of the test."""
    r_T = frame.select(returns().fill_null(0.0))["close"].to_numpy()
    x_TF = np.column_stack([np.roll(r_T, lag) for lag in range(LAGS)])
    x_TF[:LAGS] = 0.0
    test_T = (frame["time"] >= split()).to_numpy()
    y_T = np.append(r_T[1:], np.nan)
    own = np.flatnonzero(~test_T)[:-1]  # the target of the last one lies in the test
    training, judged = own[:-80], own[-80:]
    if leaky and test_T[:-1].any():
        judged = np.flatnonzero(test_T & np.isfinite(y_T))
    best_F, lowest = np.zeros(LAGS), np.inf
    for weight_F in descent(x_TF[training], y_T[training]):
        loss = float(np.mean((x_TF[judged] @ weight_F - y_T[judged]) ** 2))
        if loss < lowest:
            best_F, lowest = weight_F, loss
    expected_T = pl.Series([float(row @ best_F) for row in x_TF])
    return forecasts(frame, pl.lit(expected_T)).filter(test_T)


def descent(x_TF: Floats, y_T: Floats) -> Iterator[Floats]:
    """Weights after every pass of gradient descent, from zero."""
    weight_F = np.zeros(x_TF.shape[1])
    for _ in range(200):
        yield weight_F
        weight_F = weight_F - 30.0 * x_TF.T @ (x_TF @ weight_F - y_T) / len(y_T)


def stamped_at_open(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """Daily candles beside hourly ones; a day is joined by its open, when it is not known yet."""
    hours = frame.filter(pl.col("series") != "DAILY")
    days = frame.filter(pl.col("series") == "DAILY").select(
        pl.col("time") if leaky else pl.col("time") + DAY - timedelta(hours=1),
        trend=(pl.col("close") / pl.col("open")).log(),
    )
    return forecasts(hours.join_asof(days, on="time"), 0.1 * pl.col("trend"))


def anchored(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """Random walk or moving average, whichever does better on the bars of the test."""
    average = pl.col("close").ewm_mean(span=10)
    test = pl.col("time") >= split()
    judged = frame.select(
        "time",
        walk=(pl.col("close").shift(-1) / pl.col("close")).log().abs(),
        average=(pl.col("close").shift(-1) / average).log().abs(),
    ).filter(test if leaky else ~test & (pl.col("time").shift(-1) < split()))
    losses = judged.select(pl.col("walk", "average").fill_null(0.0).sum())
    walk = bool(losses["walk"][0] <= losses["average"][0])
    expected = pl.lit(0.0) if walk else (average / pl.col("close")).log()
    return forecasts(frame, expected).filter(frame.select(test)["time"])


def calibrated(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """A band as wide as recent errors, the error of the forecast made now among them."""
    error = returns().abs()
    known = error.shift(-1) if leaky else error
    width = known.rolling_quantile(0.9, window_size=30, min_samples=5).fill_null(0.03)
    point = forecasts(frame, pl.lit(0.0))
    upper = forecasts(frame, width)["forecast"]
    return point.with_columns(lower=2.0 * point["forecast"] - upper, upper=upper)


def target_among_inputs(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """A regression whose inputs are all columns; the target is one of them."""
    table = frame.select(
        "time",
        r0=returns(),
        r1=returns().shift(1),
        wick=(pl.col("high") / pl.col("low")).log(),
        target=returns().shift(-1),
    )
    inputs = table.drop("time") if leaky else table.drop("time", "target")
    training = table.select(pl.col("time").shift(-1) < split())["time"].fill_null(value=False)
    inputs_TF = inputs.fill_null(0.0).to_numpy()
    expected_T = pl.Series(fitted(inputs_TF, table["target"].to_numpy(), training.to_numpy()))
    return forecasts(frame, pl.lit(expected_T)).filter(~training)


def joined_late(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """One coin led by another; the leader's stamps are its closes, so it is one candle ahead."""
    leader, follower = (
        frame.filter(pl.col("series") == name) for name in ("XRP-USD-1h", "LTC-USD-1h")
    )
    lead = leader.select(pl.col("time") - timedelta(hours=1 if leaky else 0), lead=returns())
    return forecasts(follower.join(lead, on="time", how="left"), 0.2 * pl.col("lead"))


def window_scaled(frame: pl.DataFrame, *, leaky: bool) -> pl.DataFrame:
    """Closes scaled to 0..1 within each window, the window's target included."""
    last = pl.col("close").shift(-1 if leaky else 0).fill_null(pl.col("close"))
    low, high = last.rolling_min(20), last.rolling_max(20)
    place = (pl.col("close") - low) / (high - low)
    return forecasts(frame, 0.02 * (0.5 - place))


PLANTED = (
    Planted("shift(-1)", shifted, daily, 1),
    Planted("centred window of five", centred, daily, 2),
    Planted("scaler fitted on everything", scaled, daily, None),
    Planted("back-fill", back_filled, daily, 20),
    Planted("candle that is still open", still_open, hourly, 3),
    Planted("early stopping on the test span", early_stopped, daily, None),
    Planted("higher timeframe stamped at its open", stamped_at_open, two_steps, 23),
    Planted("anchor chosen on the test span", anchored, daily, None),
    Planted("calibration that sees the present", calibrated, daily, 1),
    Planted("target among the inputs", target_among_inputs, daily, 1),
    Planted("join that is one candle late", joined_late, two_coins, 1),
    Planted("window scaled with its target", window_scaled, daily, 1),
)
