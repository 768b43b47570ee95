"""``foretell store``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell.series import canonical
from foretell.store import Gap, Store

Run = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def file(candles: pl.DataFrame, tmp_path: Path) -> Path:
    """300 daily candles, of which two are missing."""
    rows = pl.concat([candles[:100], candles[102:]])
    rows.write_parquet(tmp_path / "BTC_USDT-1d.parquet")
    return tmp_path / "BTC_USDT-1d.parquet"


@pytest.fixture
def stored(foretell: Run, file: Path) -> Path:
    assert foretell("store", "import", file, "--exchange", "binance").code == 0
    return file


def test_an_empty_store_says_so_and_makes_nothing(foretell: Run, home: Path) -> None:
    assert foretell("store", "list").out == f"nothing stored yet in {home}\n"
    assert foretell("store", "gaps").out == f"no gaps recorded in {home}\n"
    assert not home.exists()


def test_an_import_tells_what_it_brought(foretell: Run, file: Path) -> None:
    ran = foretell("store", "import", file, "--exchange", "binance")
    assert ran.out == (f"{file}: BTC/USDT, 1d: 298 candles new, 0 revised, 0 known already\n")
    again = json.loads(foretell("store", "import", file, "--exchange", "binance", "--json").out)
    assert again["files"] == [
        {"file": str(file), "timeframe": "1d", "symbols": ["BTC/USDT"], "new": 0, "revised": 0,
         "unchanged": 298},
    ]  # fmt: skip


def test_series_and_gaps_are_listed(foretell: Run, stored: Path, home: Path) -> None:
    ran = foretell("store", "list")
    assert f"1 series in {home}" in ran.out
    row = next(line.split() for line in ran.out.splitlines() if "BTC/USDT" in line)
    assert row[:6] == ["binance", "BTC/USDT", "1d", "298", "2020-01-01", "2020-10-26"]
    assert row[6:9] == ["1", "2", "0"]
    told = json.loads(foretell("store", "list", "--json").out)
    assert told["series"][0]["first"] == "2020-01-01T00:00:00Z"
    ran = foretell("store", "gaps")
    assert f"1 gaps, 2 bars missing, in {home}" in ran.out
    assert "2020-04-10" in ran.out
    told = json.loads(foretell("store", "gaps", "--symbol", "BTC/USDT", "--json").out)
    assert told["gaps"][0]["bars"] == 2
    assert (
        json.loads(foretell("store", "gaps", "--as-of", "2020-01-01", "--json").out)["gaps"] == []
    )


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_export_is_what_was_imported(
    foretell: Run, stored: Path, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"out.{ending}"
    key = ("BTC/USDT", "--exchange", "binance", "--timeframe", "1d", "--out", out)
    ran = foretell("store", "export", *key)
    assert ran.out == f"298 candles of BTC/USDT written to {out}\n"
    assert canonical(out).drop("series").equals(canonical(stored).drop("series"))
    foretell("store", "export", *key, "--since", "2020-03-01", "--until", "2020-03-03")
    assert len(canonical(out)) == 2


def test_an_export_of_what_is_not_there_or_to_nowhere_is_refused(
    foretell: Run, stored: Path, tmp_path: Path
) -> None:
    options = ("--exchange", "binance", "--timeframe", "1d", "--out")
    ran = foretell("store", "export", "ETH/USDT", *options, tmp_path / "x.csv")
    assert (ran.code, ran.out) == (2, "")
    assert "no 1d candles of ETH/USDT from binance" in ran.err
    ran = foretell("store", "export", "BTC/USDT", *options, tmp_path / "none" / "x.csv")
    assert ran.code == 2
    assert foretell("store", "export", "BTC/USDT", *options, tmp_path / "x.doc").code == 2


def test_verify_names_what_is_damaged_and_ends_with_4(
    foretell: Run, stored: Path, home: Path
) -> None:
    ran = foretell("store", "verify")
    assert ran.code == 0
    assert ran.out.endswith("0 of them no longer used: sound\n")
    path = next((home / "candles").glob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-1])
    ran = foretell("store", "verify")
    assert ran.code == 4
    assert f"candles/{path.name} is damaged\n" in ran.out
    assert "NOT SOUND: 1 findings" in ran.out
    told = json.loads(foretell("store", "verify", "--json").out)
    assert told["findings"] == [{"file": f"candles/{path.name}", "problem": "damaged"}]
    assert told["sound"] is False


def test_compact_tells_what_it_did(foretell: Run, stored: Path, home: Path) -> None:
    frame = canonical(stored).with_columns(series=pl.lit("BTC/USDT"), close=pl.col("low"))
    Store(home).write(frame, "binance", "1d")
    ran = foretell("store", "compact")
    assert ran.out == (
        f"{home}: 3 files in use before, 2 now; 596 rows moved, all of them there; "
        f"0 old files deleted\n"
    )
    told = json.loads(foretell("store", "compact", "--json").out)
    assert (told["before"], told["after"], told["rows"]) == (2, 2, 0)


def test_another_store_is_named_by_option_or_environment(
    foretell: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    foretell("store", "import", file, "--exchange", "binance", "--store", there)
    assert json.loads(foretell("store", "list", "--json").out)["series"] == []
    assert len(json.loads(foretell("store", "list", "--store", there, "--json").out)["series"]) == 1
    monkeypatch.setenv("FORETELL_STORE", str(there))
    assert len(json.loads(foretell("store", "list", "--json").out)["series"]) == 1


def test_a_store_that_is_written_to_is_told_with_exit_code_4(
    foretell: Run, file: Path, home: Path
) -> None:
    with Store(home).writing():
        ran = foretell("store", "import", file, "--exchange", "binance")
    assert ran.code == 4
    assert ran.err.endswith("Reading needs no waiting\n")


def test_a_wrong_row_ends_with_exit_code_5(
    foretell: Run, candles: pl.DataFrame, tmp_path: Path
) -> None:
    candles.with_columns(high=pl.col("low") / 2).write_csv(tmp_path / "x.csv")
    ran = foretell("store", "import", tmp_path / "x.csv", "--exchange", "binance")
    assert ran.code == 5
    assert "row 0" in ran.err


def test_help_is_shown_without_a_command(foretell: Run) -> None:
    ran = foretell("store", "--help")
    assert ran.code == 0
    assert all(name in ran.out for name in ("list", "gaps", "verify", "compact", "export"))


def test_gaps_beyond_the_candles_are_listed_too(foretell: Run, home: Path) -> None:
    gap = Gap("binance", "NEW/USDT", "1d", "2020-01-01", "2020-01-03", "not listed yet")
    Store(home).note_gaps([gap])
    assert "not listed yet" in foretell("store", "gaps").out
