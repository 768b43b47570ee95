"""Any frame becomes the one format; a wrong row is refused, with its number in the given frame."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import polars as pl
import pytest

from foretell import samples
from foretell.errors import FrameError
from foretell.series import canonical, fingerprint, sequences

BTC = samples.load("BTC-USD")
TEMPERATURES = samples.load("SEATTLE-TEMP-MAX")
CANDLE = ["series", "time", "open", "high", "low", "close", "volume"]
START = datetime(2024, 1, 1, tzinfo=UTC)


def frame(series: str = "A", bars: int = 10) -> pl.DataFrame:
    times = [START + timedelta(hours=bar) for bar in range(bars)]
    flat = {"open": 100.0, "high": 102.0, "low": 99.0, "close": 101.0, "volume": 5.0}
    return pl.DataFrame({"series": [series] * bars, "time": times}).with_columns(**flat)


def interleaved() -> pl.DataFrame:
    """Rows of two series in turn: A, B, A, B, ..."""
    return pl.concat([frame("A"), frame("B")]).sort("time", "series")


def spoilt(good: pl.DataFrame, column: str, row: int, value: Any) -> pl.DataFrame:
    cells = good[column].to_list()
    cells[row] = value
    return good.with_columns(pl.Series(column, cells, strict=not isinstance(value, str)))


@dataclass
class Wrong:
    """One cell that cannot be, what the message calls it, and the remedy it gives."""

    column: str
    value: Any
    says: str
    remedy: str


WRONG = {
    "not a number": Wrong("close", float("nan"), "close nan", "remove the row or correct it"),
    "infinite": Wrong("open", float("inf"), "open inf", "remove the row or correct it"),
    "null": Wrong("open", None, "open None", "remove the row or correct it"),
    "null volume": Wrong("volume", None, "volume None", "remove the row or correct it"),
    "zero price": Wrong("low", 0.0, "low 0.0", "remove the row or correct it"),
    "negative price": Wrong("close", -3.5, "close -3.5", "remove the row or correct it"),
    "high below low": Wrong("high", 98.0, "high 98.0", "correct the candle"),
    "high below close": Wrong("high", 100.5, "high 100.5", "correct the candle"),
    "low above open": Wrong("low", 100.25, "low 100.25", "correct the candle"),
    "negative volume": Wrong("volume", -1.0, "volume -1.0", "remove the row or correct it"),
    "text for a price": Wrong("close", "n/a", "close is 'n/a'", "correct it"),
    "missing time": Wrong("time", None, "the time is missing", "remove the row or fill it in"),
}


@pytest.mark.parametrize("given", [frame(), interleaved()], ids=["one series", "two series"])
@pytest.mark.parametrize("name", WRONG)
def test_wrong_value_is_refused_with_row_value_and_remedy(name: str, given: pl.DataFrame) -> None:
    wrong = WRONG[name]
    if isinstance(wrong.value, str):
        given = given.with_columns(pl.col(wrong.column).cast(pl.String))
    with pytest.raises(FrameError) as refusal:
        canonical(spoilt(given, wrong.column, 7, wrong.value))
    assert refusal.value.row == 7
    assert str(refusal.value).startswith("row 7: ")
    assert wrong.says in str(refusal.value)
    assert str(refusal.value).endswith("; " + wrong.remedy)


@pytest.mark.parametrize("name", ["not a number", "high below low", "negative volume"])
def test_message_of_a_wrong_value_names_its_time(name: str) -> None:
    wrong = WRONG[name]
    with pytest.raises(FrameError, match="at 2024-01-01 07:00:00"):
        canonical(spoilt(frame(), wrong.column, 7, wrong.value))


def test_first_wrong_row_is_named_whatever_its_column() -> None:
    given = spoilt(spoilt(frame(), "open", 8, None), "close", 3, -1.0)
    with pytest.raises(FrameError) as refusal:
        canonical(given)
    assert refusal.value.row == 3


@pytest.mark.parametrize("given", [frame(), interleaved()], ids=["one series", "two series"])
def test_duplicate_time_is_refused_with_its_row(given: pl.DataFrame) -> None:
    series = given["series"][7]
    earlier = given.head(7).filter(series=series)["time"][-1]
    with pytest.raises(FrameError, match=f"row 7: .* of series '{series}' stands twice") as refusal:
        canonical(spoilt(given, "time", 7, earlier))
    assert refusal.value.row == 7
    assert "drop one of the two" in str(refusal.value)


@pytest.mark.parametrize("given", [frame(), interleaved()], ids=["one series", "two series"])
def test_unordered_time_is_refused_with_its_row(given: pl.DataFrame) -> None:
    with pytest.raises(FrameError, match=r"row 7: .* comes after .*; sort each series") as refusal:
        canonical(spoilt(given, "time", 7, START - timedelta(days=1)))
    assert refusal.value.row == 7


def test_same_time_in_two_series_is_fine() -> None:
    assert canonical(interleaved()).height == 20


@pytest.mark.parametrize("given", [frame(), interleaved()], ids=["one series", "two series"])
@pytest.mark.parametrize(
    ("pattern", "text", "says"),
    [
        ("%Y-%m-%dT%H:%M:%S", "soon", "cannot read the time 'soon'"),
        ("%Y-%m-%dT%H:%M:%SZ", "soonZ", "cannot read the time 'soonZ'"),
        ("%Y-%m-%dT%H:%M:%SZ", "2024-01-01T07:00", "'2024-01-01T07:00' is naive while"),
        ("%Y-%m-%dT%H:%M:%S", "2024-01-01T07:00Z", "'2024-01-01T07:00Z' is aware while"),
    ],
)
def test_wrong_text_of_a_time_is_refused_with_its_row(
    given: pl.DataFrame, pattern: str, text: str, says: str
) -> None:
    texts = given.with_columns(pl.col("time").dt.strftime(pattern))
    with pytest.raises(FrameError, match=says) as refusal:
        canonical(spoilt(texts, "time", 7, text))
    assert refusal.value.row == 7


def test_naive_among_aware_pandas_times_is_refused() -> None:
    times = pd.date_range("2024-01-01", periods=6, freq="D", tz="UTC").astype(object).to_list()
    times[4] = times[4].tz_localize(None)
    given = pd.DataFrame({"time": pd.Series(times, dtype=object), "value": 1.0})
    with pytest.raises(FrameError, match="naive while the rows before it are aware") as refusal:
        canonical(given)
    assert refusal.value.row == 4


def test_frame_without_time_is_refused() -> None:
    with pytest.raises(FrameError, match=r"no time column .*; name it 'time', 'ds' or 'date'"):
        canonical(frame().drop("time"))


def test_frame_with_nothing_to_forecast_is_refused() -> None:
    with pytest.raises(FrameError, match=r"nothing to forecast .*; name a column 'close'"):
        canonical(frame().select("series", "time", "volume"))


@pytest.mark.parametrize("empty", [frame().head(0), pl.DataFrame(), {}])
def test_empty_frame_is_refused(empty: Any) -> None:
    with pytest.raises(FrameError, match="the frame has no rows; give at least one bar"):
        canonical(empty)


def test_unknown_target_is_refused_with_the_columns_there_are() -> None:
    with pytest.raises(FrameError, match=r"no column 'load' to forecast; the frame has .*close"):
        canonical(frame(), target="load")


def test_target_close_is_refused_where_there_is_none() -> None:
    with pytest.raises(FrameError, match="no column 'close' to forecast"):
        canonical(TEMPERATURES, target="close")


def test_candles_keep_their_columns_in_order() -> None:
    shuffled = BTC.select("volume", "close", "time", "low", "open", "series", "high")
    assert canonical(shuffled).equals(BTC)


def test_canonical_frame_stays_as_it_is() -> None:
    once = canonical(BTC)
    assert canonical(once).equals(once)


def test_nixtla_names_give_the_same_fingerprint() -> None:
    nixtla = TEMPERATURES.rename({"series": "unique_id", "time": "ds", "value": "y"})
    assert fingerprint(sequences(nixtla)) == fingerprint(sequences(TEMPERATURES))


def test_names_of_exchanges_and_yahoo_are_known_in_any_case() -> None:
    named = BTC.rename(
        {"series": "Ticker", "time": "Date", "open": "Open", "high": "HIGH", "close": " Close"}
    )
    assert canonical(named).equals(BTC)


def test_frame_without_names_is_one_series() -> None:
    assert canonical(BTC.drop("series"))["series"].unique().to_list() == ["series"]


def test_columns_that_are_not_read_are_left_out() -> None:
    assert canonical(BTC.with_columns(vwap=1.0, note=pl.lit("x"))).columns == CANDLE


def test_close_alone_makes_a_whole_candle() -> None:
    closes = canonical(BTC.select("series", "time", "close"))
    assert closes.columns == CANDLE[:-1]
    for name in ("open", "high", "low"):
        assert closes[name].equals(BTC["close"].alias(name))


def test_half_a_candle_counts_as_its_close() -> None:
    half = canonical(BTC.drop("low"))
    assert half["high"].equals(BTC["close"].alias("high"))
    assert half["volume"].equals(BTC["volume"])


def test_target_picks_a_column_and_leaves_the_prices() -> None:
    volumes = canonical(BTC, target="Volume")
    assert volumes.columns == ["series", "time", "value"]
    assert volumes["value"].equals(BTC["volume"].alias("value"))


def test_values_may_be_zero_or_negative() -> None:
    given = {"time": [1, 2, 3], "value": [0.0, -4.0, 1.5]}
    assert canonical(given)["value"].to_list() == [0.0, -4.0, 1.5]


def test_numbers_written_as_text_are_read() -> None:
    assert canonical(BTC.with_columns(pl.col("close").cast(pl.String))).equals(BTC)
