"""Every bundled sample keeps the promises of ``foretell.samples.load``."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell import samples
from foretell.errors import UnknownSymbol

DATA = Path(samples.__file__).parent / "data"
PROVENANCE: dict[str, dict[str, Any]] = {
    entry["name"]: entry
    for entry in json.loads((DATA / "provenance.json").read_text(encoding="utf-8"))
}
SPANS = {
    "BTC-USD": ("2014-09-17", "2026-08-12"),
    "BTC-USDT-1h": ("2017-08-17T04", "2024-01-01T23"),
    "SOL-USDT-1h": ("2022-09-01T00", "2025-08-31T23"),
    "ETH-USD-1h": ("2017-10-01T00", "2019-09-30T23"),
    "LTC-USD-1h": ("2017-10-01T00", "2019-09-30T23"),
    "XRP-USD-1h": ("2017-10-01T00", "2019-09-30T23"),
    "EOS-USD-1h": ("2017-10-01T00", "2019-09-30T23"),
    "NVDA": ("1999-01-22", "2025-02-14"),
    "AMZN": ("1997-05-15", "2020-07-31"),
    "SP500": ("1990-01-02", "2026-08-12"),
    "SEATTLE-TEMP-MAX": ("2012-01-01", "2015-12-31"),
    "SEATTLE-TEMP-1h": ("2010-01-01T00", "2010-12-31T23"),
}
CANDLE = ["open", "high", "low", "close", "volume"]
every_sample = pytest.mark.parametrize("name", samples.names())


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_names_are_the_promised_ones() -> None:
    assert samples.names() == list(SPANS)


@every_sample
def test_columns_and_types(name: str) -> None:
    figures = CANDLE if PROVENANCE[name]["kind"] == "candles" else ["value"]
    assert list(samples.load(name).schema.items()) == [
        ("series", pl.String),
        ("time", pl.Datetime("us", "UTC")),
        *((figure, pl.Float64) for figure in figures),
    ]


@every_sample
def test_series_carries_the_name(name: str) -> None:
    assert samples.load(name)["series"].unique().to_list() == [name]


@every_sample
def test_times_ascend_strictly_on_the_grid(name: str) -> None:
    time = samples.load(name)["time"]
    assert (time.diff().drop_nulls() > timedelta(0)).all()
    assert (time.dt.truncate(PROVENANCE[name]["timeframe"]) == time).all()


@every_sample
def test_span(name: str) -> None:
    time = samples.load(name)["time"]
    assert (time[0], time[-1]) == tuple(map(utc, SPANS[name]))


@every_sample
def test_no_figure_is_missing(name: str) -> None:
    figures = samples.load(name).drop("series", "time")
    assert figures.select(pl.all_horizontal(pl.all().is_finite()).all()).item()


@pytest.mark.parametrize("name", [n for n, e in PROVENANCE.items() if e["kind"] == "candles"])
def test_candles_are_possible(name: str) -> None:
    frame = samples.load(name)
    possible = frame.filter(
        pl.col("low") > 0,
        pl.col("low") <= pl.min_horizontal("open", "close"),
        pl.col("high") >= pl.max_horizontal("open", "close"),
        pl.col("volume") > 0,
    )
    assert possible.height == frame.height
    assert not frame.select(pl.struct(CANDLE).is_duplicated().any()).item()


@every_sample
def test_provenance_tells_the_truth(name: str) -> None:
    entry, frame = PROVENANCE[name], samples.load(name)
    digest = hashlib.sha256((DATA / entry["file"]).read_bytes()).hexdigest()
    assert digest == entry["parquet_sha256"]
    assert frame.height == entry["rows"]
    assert utc(entry["first"].rstrip("Z")) == frame["time"][0]
    assert utc(entry["last"].rstrip("Z")) == frame["time"][-1]


@every_sample
def test_provenance_is_complete(name: str) -> None:
    entry = PROVENANCE[name]
    stated = ("title", "units", "origin", "package", "version", "member", "licence", "cleaning")
    assert all(entry[key] for key in stated)
    assert len(entry["archive_sha256"]) == len(entry["parquet_sha256"]) == 64
    assert all(drop["rows"] > 0 and drop["why"] for drop in entry["dropped"])


def test_folder_holds_the_samples_and_nothing_else() -> None:
    expected = {entry["file"] for entry in PROVENANCE.values()} | {"provenance.json"}
    assert {path.name for path in DATA.iterdir()} == expected


def test_folder_is_small() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) <= 6_000_000


def test_catalogue_describes_every_sample() -> None:
    catalogue = samples.catalogue()
    assert dict(catalogue.schema) == {
        "name": pl.String,
        "title": pl.String,
        "timeframe": pl.String,
        "first": pl.Datetime("us", "UTC"),
        "last": pl.Datetime("us", "UTC"),
        "rows": pl.Int64,
        "origin": pl.String,
        "licence": pl.String,
    }
    assert catalogue["name"].to_list() == samples.names()
    assert catalogue["first"].to_list() == [utc(first) for first, _ in SPANS.values()]
    assert catalogue.row(1, named=True)["origin"] == (
        "Binance spot, from gapless-crypto-clickhouse 17.5.5"
    )


def test_names_ignore_case() -> None:
    assert samples.load("btc-usdt-1H").equals(samples.load("BTC-USDT-1h"))


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownSymbol) as caught:
        samples.load("btcusd")
    message = str(caught.value)
    assert "'btcusd'" in message
    assert "nearest: BTC-USD, " in message
    assert "`foretell samples`" in message


def test_a_bare_coin_suggests_its_pair() -> None:
    with pytest.raises(UnknownSymbol, match="nearest: ETH-USD-1h"):
        samples.load("ETH")


def test_unknown_name_without_a_near_one() -> None:
    with pytest.raises(UnknownSymbol, match=r"^no sample is named 'q'; `foretell samples`"):
        samples.load("q")
