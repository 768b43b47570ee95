"""The messages that docs/frames.md shows are those that come."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import foretell as ft

PAGE = Path(__file__).parents[2] / "docs" / "frames.md"
CANDLES = ft.samples.load("BTC-USD").tail(400)
TEXT_TIMES = CANDLES.with_columns(pl.col("time").dt.strftime("%Y-%m-%d"))
HOURLY = CANDLES.with_columns(
    time=pl.col("time").first() + pl.int_range(pl.len()) * timedelta(hours=1)
)


def with_row_7(column: str, value: Any, frame: pl.DataFrame = CANDLES) -> pl.DataFrame:
    rows = pl.int_range(pl.len()) == 7
    return frame.with_columns(pl.when(rows).then(value).otherwise(pl.col(column)).alias(column))


REFUSED = {
    "a missing or infinite value": with_row_7("close", None),
    "text among numbers": with_row_7("close", pl.lit("n/a"), CANDLES.cast({"close": pl.String})),
    "a price of zero or less": with_row_7("low", 0.0),
    "a negative volume": with_row_7("volume", -1.0),
    "a candle that cannot be": with_row_7("high", 1.0),
    "a time twice": pl.concat([CANDLES, CANDLES.tail(1)]),
    "times out of order": CANDLES.reverse(),
    "a time off the grid": with_row_7("time", pl.col("time") + timedelta(hours=1)),
    "naive times among aware ones": with_row_7("time", pl.col("time") + "T00:00:00Z", TEXT_TIMES),
    "no time column, or nothing to forecast": CANDLES.select("close"),
    "series of different steps": pl.concat(
        [CANDLES.with_columns(series=pl.lit("A")), HOURLY.with_columns(series=pl.lit("B"))]
    ),
    "too few bars, an `ft.errors.ShortHistory`": CANDLES.head(50),
}


def shown() -> dict[str, str]:
    rows = re.findall(r"^\| (.+?) \| `(.+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


@pytest.mark.parametrize("mistake", REFUSED)
def test_message_is_the_one_shown(mistake: str) -> None:
    with pytest.raises(ft.errors.DataError) as refusal:
        ft.Forecaster().fit(REFUSED[mistake])
    pattern = ".*".join(re.escape(part) for part in shown()[mistake].split("..."))
    assert re.fullmatch(pattern, str(refusal.value))


def test_every_message_shown_is_tried() -> None:
    page = PAGE.read_text(encoding="utf-8").partition("| refused | the message |")[2]
    assert page.count("\n| ") == len(REFUSED)
