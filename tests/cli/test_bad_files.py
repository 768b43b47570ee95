"""Files that are no table, or whose times are no times."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Run = Callable[..., Any]

HEADER = "time,close"
DAYS = [f"2024-01-{day:02d},100" for day in range(1, 11)]


def changed(row: int, line: str) -> list[str]:
    return [HEADER, *DAYS[:row], line, *DAYS[row + 1 :]]


FILES: dict[str, tuple[list[str], list[str]]] = {
    "nothing at all": ([], ["'coin.csv' cannot be read", "empty", "check the file"]),
    "a header alone": ([HEADER], ["no rows", "give at least one bar"]),
    "too many fields": (changed(4, "2024-01-05,1,2,3"), ["more fields", "check the file"]),
    "too few fields": (changed(4, "2024-01-05"), ["row 4", "missing", "correct it"]),
    "no time": (changed(4, ",100"), ["row 4", "time is missing", "fill it in"]),
    "no price": (changed(4, "2024-01-05,inf"), ["row 4", "inf", "correct it"]),
    "two bars": ([HEADER, *DAYS[:2]], ["'coin'", "2 bars", "at least 3"]),
    "a day that is none": (changed(4, "2024-02-30,100"), ["row 4", "'2024-02-30'", "write 2024"]),
    "times beyond all": ([HEADER, *(f"1e{20 + n},3" for n in range(5))], ["row 0", "time"]),
    "times before all": ([HEADER, *(f"-9999999999999999{n},3" for n in range(5))], ["time"]),
}


def refused(ran: Any, *says: str) -> None:
    assert (ran.code, ran.out) == (5, "")
    assert "Traceback" not in ran.err
    for part in says:
        assert part in ran.err


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_meant_is_refused(
    foretell: Run, tmp_path: Path, small: list[str], name: str
) -> None:
    lines, says = FILES[name]
    (tmp_path / "coin.csv").write_text("\n".join(lines))
    refused(foretell("forecast", "coin.csv", *small), *says)


@pytest.mark.parametrize("name", ["coin.csv", "coin.parquet", "coin.pq"])
def test_bytes_that_are_no_table_are_refused(foretell: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe\x00\x80" * 100)
    refused(foretell("forecast", name), repr(name), "cannot be read", "check the file")


def test_a_parquet_file_that_was_cut_off_is_refused(
    foretell: Run, tmp_path: Path, candles: pl.DataFrame
) -> None:
    candles.write_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "coin.parquet").write_bytes(whole[: len(whole) // 2])
    refused(foretell("forecast", "coin.parquet"), "'coin.parquet'", "cannot be read")


def test_a_file_with_semicolons_is_told_what_was_read(foretell: Run, tmp_path: Path) -> None:
    lines = [line.replace(",", ";") for line in (HEADER, *DAYS)]
    (tmp_path / "coin.csv").write_text("\n".join(lines))
    refused(foretell("forecast", "coin.csv"), "no time column", "time;close")


def test_a_day_written_as_a_number_is_not_a_second_of_1970(
    foretell: Run, csv: Path, candles: pl.DataFrame, small: list[str]
) -> None:
    days = pl.col("time").dt.strftime("%Y%m%d").cast(pl.Int64)
    candles.with_columns(time=days).write_csv(csv)
    ran = foretell("forecast", csv, *small, "--json")
    if ran.code == 5:
        assert "20200101" in ran.err
    else:
        assert json.loads(ran.out)["forecast"][0]["origin"] == "2020-10-26T00:00:00Z"
