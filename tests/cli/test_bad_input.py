"""A user's mistake: its own message, the right exit code, no traceback, nothing on stdout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell import Forecaster

Change = Callable[[pl.DataFrame], pl.DataFrame]


def at(row: int, column: str, value: object) -> Change:
    """Put a value in one row."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        values: list[Any] = frame[column].to_list()
        values[row] = value
        return frame.with_columns(pl.Series(column, values, strict=False))

    return change


def times(row: int, text: str) -> Change:
    """Write the times as text, one of them otherwise."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        stamps = frame["time"].dt.strftime("%Y-%m-%d %H:%M:%S").to_list()
        stamps[row] = text
        return frame.with_columns(pl.Series("time", stamps))

    return change


BAD_FRAMES: dict[str, tuple[Change, list[str]]] = {
    "no rows": (lambda frame: frame.clear(), ["no rows", "give at least one bar"]),
    "no time": (lambda frame: frame.drop("time"), ["no time column", "name it 'time'"]),
    "nothing to forecast": (
        lambda frame: frame.select("time", "volume"), ["nothing to forecast", "name a column"],
    ),
    "twice": (times(8, "2020-01-08 00:00:00"), ["row 8", "stands twice", "drop one"]),
    "unordered": (times(8, "2020-01-04 00:00:00"), ["row 8", "comes after", "sort"]),
    "naive and aware": (times(8, "2020-01-09T00:00:00Z"), ["row 8", "aware", "naive"]),
    "off the grid": (times(8, "2020-01-09 10:30:00"), ["row 8", "10:30", "off the 1d grid"]),
    "unreadable time": (times(8, "soon"), ["row 8", "'soon'", "write 2024"]),
    "no price": (at(9, "close", None), ["row 9", "close", "missing", "remove"]),
    "NaN": (at(9, "close", float("nan")), ["row 9", "close", "missing or not finite"]),
    "zero price": (at(9, "low", 0.0), ["row 9", "low 0.0", "not a positive price"]),
    "negative price": (at(9, "open", -3.5), ["row 9", "open -3.5", "not a positive price"]),
    "high below low": (at(9, "high", 1.0), ["row 9", "high 1.0", "below", "correct the candle"]),
    "low above close": (at(9, "low", 9e9), ["row 9", "correct the candle"]),
    "negative volume": (at(9, "volume", -1.0), ["row 9", "volume -1.0", "negative"]),
    "too short": (lambda frame: frame.head(60), ["'coin' has", "needs 120", "more history"]),
    "two steps": (
        lambda frame: pl.concat([
            frame.with_columns(series=pl.lit("a")),
            frame.with_columns(
                pl.col("time").dt.offset_by("0d") - pl.col("time").min(), series=pl.lit("b")
            ).with_columns(time=pl.datetime(2020, 1, 1) + pl.col("time") / 24),
        ]),
        ["'b'", "1h", "1d", "one time step"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_bad_frame_exits_with_5_and_names_the_row(
    name: str, foretell: Any, candles: pl.DataFrame, tmp_path: Path, small: list[str]
) -> None:
    change, says = BAD_FRAMES[name]
    change(candles).write_csv(tmp_path / "coin.csv")
    ran = foretell("forecast", "coin.csv", *small, "--json")
    refused(ran, 5, says)


def refused(ran: Any, code: int, says: list[str]) -> None:
    assert ran.out == ""
    assert ran.code == code
    assert "Traceback" not in ran.err
    assert "error: " in ran.err.lower()
    for part in says:
        assert part in ran.err


def test_text_for_a_price_exits_with_5(foretell: Any, csv: Path, small: list[str]) -> None:
    lines = csv.read_text().splitlines()
    fields = lines[8].split(",")
    fields[4] = "n/a"
    lines[8] = ",".join(fields)
    csv.write_text("\n".join(lines))
    refused(foretell("forecast", csv, *small), 5, ["row 7", "'n/a'", "not a number"])


BAD_ARGUMENTS: dict[str, tuple[list[str], list[str]]] = {
    "unknown symbol": (["forecast", "BTC-USB"], ["'BTC-USB'", "BTC-USD", "foretell samples"]),
    "no such file": (["forecast", "absent.csv"], ["'absent.csv'", "foretell samples"]),
    "unknown suffix": (["forecast", "coin.xlsx"], [".xlsx", "give a .csv"]),
    "horizon of nothing": (["forecast", "coin.csv", "--horizon", "0"], ["horizon is 0", "from 1"]),
    "unknown cell": (
        ["forecast", "coin.csv", "--cell", "esn"],
        ["cell is 'esn'", "rnn, gru, lstm"],
    ),
    "negative seed": (["forecast", "coin.csv", "--seed", "-1"], ["seed is -1", "from 0"]),
    "unknown target": (["forecast", "coin.csv", "--target", "lod"], ["'lod'", "close"]),
    "no such model": (["forecast", "coin.csv", "--model", "m.st"], ["'m.st'", "train"]),
    "network of a trained model": (
        ["forecast", "coin.csv", "--model", "m.st", "--hidden-size", "32", "--seed", "0"],
        ["--hidden-size, --seed", "m.st", "leave it out"],
    ),
    "NUL for a name": (["forecast", "BTC\0"], ["'BTC\\x00'", "foretell samples"]),
    "NUL in a path": (["forecast", "a\0/coin.csv"], ["'a\\x00/coin.csv'", "foretell samples"]),
    "NUL in a model": (["forecast", "coin.csv", "--model", "m\0.st"], ["'--model'", "null byte"]),
    "NUL in a place": (["forecast", "coin.csv", "--save", "m\0.st"], ["'--save'", "null byte"]),
    "NUL in a page": (["forecast", "coin.csv", "--html", "p\0"], ["'--html'", "null byte"]),
    "NUL in an end": (["train", "coin.csv", "--save", "m.st", "--until", "\0"], ["'\\x00'"]),
    "unknown option": (["forecast", "coin.csv", "--fast"], ["--fast"]),
    "until never": (["train", "coin.csv", "--save", "m.st", "--until", "soon"], ["'soon'"]),
    "train without a file": (["train", "coin.csv"], ["--save"]),
}


@pytest.mark.parametrize("name", BAD_ARGUMENTS)
def test_bad_argument_is_refused(name: str, foretell: Any, csv: Path) -> None:
    (csv.parent / "coin.xlsx").write_bytes(b"PK")
    arguments, says = BAD_ARGUMENTS[name]
    code = 5 if name == "unknown target" else 2
    refused(foretell(*arguments), code, says)


def test_corrupt_parquet_exits_with_5(foretell: Any, tmp_path: Path) -> None:
    (tmp_path / "coin.parquet").write_bytes(b"PAR1 and then nothing")
    refused(foretell("forecast", "coin.parquet"), 5, ["'coin.parquet'", "cannot be read"])


@pytest.mark.parametrize("content", [b"", b"no model at all", b"\x08\0\0\0\0\0\0\0{}      "])
def test_corrupt_model_exits_with_5(foretell: Any, csv: Path, content: bytes) -> None:
    (csv.parent / "m.st").write_bytes(content)
    refused(foretell("forecast", csv, "--model", "m.st"), 5, ["'m.st'", "save"])


def test_model_of_another_kind_or_horizon_is_refused(
    foretell: Any, csv: Path, candles: pl.DataFrame
) -> None:
    Forecaster(3, hidden_size=8, ensemble=1, steps=5).fit(candles).save(csv.parent / "m.st")
    ran = foretell("forecast", "SEATTLE-TEMP-1h", "--model", "m.st")
    refused(ran, 5, ["SEATTLE-TEMP-1h", "this model was trained on open"])
    ran = foretell("forecast", csv, "--model", "m.st", "--horizon", "9")
    refused(ran, 2, ["--horizon 9", "3 bars"])


@pytest.mark.parametrize("option", ["--save", "--html"])
def test_place_that_cannot_be_written_is_refused(
    option: str, foretell: Any, csv: Path, small: list[str]
) -> None:
    ran = foretell("forecast", csv, *small, "--json", option, "absent/file")
    refused(ran, 2, ["'absent/file'", "choose another place"])
    assert "rehearsing" not in ran.err
