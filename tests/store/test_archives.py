"""Files that others keep: their names, and the same candles out of each."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from foretell.errors import DataError, UsageError
from foretell.series import canonical
from foretell.store.archives import candles_in, label

Make = Callable[..., pl.DataFrame]
HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
    "taker_buy_quote_volume,ignore\n"
)


@pytest.mark.parametrize(
    ("name", "symbol", "timeframe"),
    [
        ("BTC_USDT-1h.feather", "BTC/USDT", "1h"),
        ("BTC_USDT_USDT-4h-futures.feather", "BTC/USDT:USDT", "4h"),
        ("1000SHIB_USDT-1M.json", "1000SHIB/USDT", "1M"),
        ("BTCUSDT-1h-2024-12.zip", "BTCUSDT", "1h"),
        ("BTCUSDT-1m-2025-01-31.csv", "BTCUSDT", "1m"),
        ("BTCUSDT-1mo-2025-01.zip", "BTCUSDT", "1M"),
        ("BTCUSD_PERP-15m-2024-01.zip", "BTCUSD_PERP", "15m"),
        ("candles.parquet", None, None),
        ("my-coins.csv", None, None),
    ],
)
def test_names_tell_symbol_and_timeframe(
    name: str, symbol: str | None, timeframe: str | None
) -> None:
    assert label(Path(name)) == (symbol, timeframe)


def klines(frame: pl.DataFrame, unit: int) -> str:
    """As data.binance.vision has it: twelve fields, no header."""
    rows = (
        frame.with_columns(pl.col("time").dt.epoch("us") // (10**6 // unit)).drop("series").rows()
    )
    lines = [(*row, row[0] + 60 * unit - 1, 0.5, 7, 0.25, 0.25, 0) for row in rows]
    return "".join(",".join(map(str, line)) + "\n" for line in lines)


def archive(path: Path, text: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{path.stem}.csv", text)
    return path


@pytest.mark.parametrize("unit", [1_000, 1_000_000], ids=["until 2024", "from 2025"])
@pytest.mark.parametrize("header", ["", HEADER], ids=["bare", "headed"])
def test_binance_archives_in_milliseconds_and_microseconds(
    tmp_path: Path, make: Make, unit: int, header: str
) -> None:
    path = archive(tmp_path / "BTCUSDT-1m-2025-01.zip", header + klines(make(), unit))
    assert canonical(candles_in(path)).equals(make("BTCUSDT"))


def test_a_file_that_spans_the_change_of_units_is_read(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "BTCUSDT-1m-2024-12.csv"
    path.write_text(klines(make().head(2), 1_000) + klines(make().tail(1), 1_000_000))
    assert canonical(candles_in(path)).equals(make("BTCUSDT"))


def test_unpacked_archives_are_read_too(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "BTCUSDT-1m-2024-12.csv"
    path.write_text(klines(make(), 1_000))
    assert canonical(candles_in(path)).equals(make("BTCUSDT"))


def test_freqtrade_feather_and_json(tmp_path: Path, make: Make) -> None:
    feather, text = tmp_path / "BTC_USDT-1m.feather", tmp_path / "BTC_USDT-1m.json"
    frame = make().drop("series").rename({"time": "date"})
    frame.with_columns(pl.col("date").cast(pl.Datetime("ms", "UTC"))).write_ipc(feather)
    stamped = make().drop("series").with_columns(pl.col("time").dt.epoch("ms"))
    text.write_text(json.dumps([list(row) for row in stamped.rows()]))
    assert canonical(candles_in(feather)).equals(make())
    assert canonical(candles_in(text)).equals(make())


def test_csv_and_parquet_with_and_without_symbols(tmp_path: Path, make: Make) -> None:
    both = pl.concat([make("A"), make("B")])
    both.write_parquet(tmp_path / "both.parquet")
    make().drop("series").write_csv(tmp_path / "one.csv")
    assert canonical(candles_in(tmp_path / "both.parquet")).equals(both)
    assert canonical(candles_in(tmp_path / "one.csv")).equals(make("one"))
    assert canonical(candles_in(tmp_path / "one.csv", "ETH/USDT")).equals(make("ETH/USDT"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.zip", b"PK no", "cannot be read as zip"),
        ("x.json", b"{}", "not a list of"),
        ("x.json", b"[[1, 2]]", "not a list of"),
        ("x.json", b"[", "cannot be read as json"),
        ("x.feather", b"ARROW", "cannot be read as feather"),
        ("x.csv", b"1,2\n3,4\n", "2 fields"),
        ("x.parquet", b"PAR1", "cannot be read as parquet"),
    ],
)
def test_what_cannot_be_read_is_told_of(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        candles_in(tmp_path / name)


def test_an_archive_without_a_table_is_told_of(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr("readme.txt", "nothing")
    with pytest.raises(DataError, match="no CSV file in it"):
        candles_in(tmp_path / "x.zip")


def test_a_file_that_is_not_there_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        candles_in(tmp_path / "none.csv")
    (tmp_path / "x.xlsx").touch()
    with pytest.raises(UsageError, match=r"ends in '\.xlsx'"):
        candles_in(tmp_path / "x.xlsx")
