"""The cleaning behind the bundled samples: rows are dropped or aggregated, never invented."""

from __future__ import annotations

import importlib.util
import io
import sys
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_samples.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(SCRIPT.stem, SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def candles(*rows: str) -> bytes:
    return "\n".join(["# a comment", "Date,X.open,X.close,X.high,X.low,X.volume", *rows]).encode()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_half_hours_become_hours_and_a_missing_half_a_gap(script: ModuleType) -> None:
    raw = candles(
        "2018-01-01 00:00:00,10.0,11.0,13.0,9.5,1.0",
        "2018-01-01 00:30:00,11.0,12.0,12.5,9.0,2.0",
        "2018-01-01 01:00:00,12.0,12.5,12.5,12.0,4.0",
        "2018-01-01 02:00:00,20.0,21.0,22.0,19.0,8.0",
        "2018-01-01 02:30:00,21.0,22.0,25.0,20.0,16.0",
    )
    frame, dropped = script.bitfinex("X", "X").clean(raw)
    assert frame.rows() == [
        ("X-USD-1h", at("2018-01-01T00:00"), 10.0, 13.0, 9.0, 12.0, 3.0),
        ("X-USD-1h", at("2018-01-01T02:00"), 20.0, 25.0, 19.0, 22.0, 24.0),
    ]
    assert dropped == {"half-hour without its other half": 1}


def test_bad_rows_are_dropped_and_counted(script: ModuleType) -> None:
    raw = candles(
        "2018-01-01 00:00:00,10,11,12,9,1",
        "2018-01-01 00:00:00,10,11,12,9,2",
        "2018-01-01 01:00:07,10,11,12,9,1",
        "2018-01-01 02:00:00,10,11,,9,1",
        "2018-01-01 03:00:00,10,11,10.5,9,1",
        "2018-01-01 04:00:00,10,11,12,0,1",
        "2018-01-01 05:00:00,10,11,12,9,0",
    )
    rules = (
        script.off_grid("1h"),
        script.REPEATED,
        script.NOT_FINITE,
        script.NOT_A_CANDLE,
        script.NO_VOLUME,
    )
    frame, dropped = script.sieve(script.read_candles(raw), rules)
    assert frame.rows() == [(at("2018-01-01T00:00"), 10.0, 12.0, 9.0, 11.0, 1.0)]
    assert dropped == {
        "time off the 1h grid": 1,
        "time seen before": 1,
        "a figure is missing": 1,
        "impossible prices": 2,
        "zero volume": 1,
    }


def test_the_earlier_of_two_equal_candles_goes(script: ModuleType) -> None:
    raw = candles(
        "2018-01-01 05:00:00,10,11,12,9,1",
        "2018-01-01 06:00:00,10,11,12,9,1.5",
        "2018-01-01 12:00:00,10,11,12,9,1",
    )
    frame, _ = script.sieve(script.read_candles(raw), [script.EARLY_COPY])
    assert frame["time"].dt.hour().to_list() == [6, 12]


def test_between_includes_both_ends(script: ModuleType) -> None:
    frame = pl.DataFrame({"time": [at(f"2018-01-0{day}") for day in range(1, 6)]})
    rule = script.between("2018-01-02", "2018-01-04", "why")
    kept, dropped = script.sieve(frame, [rule])
    assert kept["time"].dt.day().to_list() == [1, 5]
    assert dropped == {"why": 3}


def test_fahrenheit_becomes_celsius(script: ModuleType) -> None:
    frame = script.read_hourly_fahrenheit(b"date,temp\n2010/01/01 00:00,39.4\n")
    assert frame.rows() == [(at("2010-01-01T00:00"), 4.11)]


def test_rounding_keeps_a_quoted_price(script: ModuleType) -> None:
    prices = pl.Series([43529.93, 0.42143, 64845.3828125])
    volume = pl.Series("volume", [1024.36372, 3.25e7, 1e10])
    columns = [*(prices.alias(name) for name in script.PRICES), volume]
    frame = script.round_candles(pl.DataFrame(columns))
    assert frame["close"].to_list() == [43529.93, 0.42143, 64845.38]
    assert frame["volume"][0] == 1024.36


def test_members_are_read_out_of_both_kinds_of_archive(script: ModuleType, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("in/x.csv", b"figures")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        info = tarfile.TarInfo("in/x.csv")
        info.size = len(b"figures")
        tar.addfile(info, io.BytesIO(b"figures"))
    for archive in tmp_path.iterdir():
        assert script.read_member(archive, "in/x.csv") == b"figures"


def test_an_archive_with_another_digest_stops_the_build(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "p-1.whl").write_bytes(b"not it")
    with pytest.raises(SystemExit, match="sha256 differs"):
        script.fetch(script.Archive("p", "1", "0" * 64), tmp_path)
