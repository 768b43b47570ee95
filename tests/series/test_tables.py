"""The same bars in any container are the same sequence; what cannot be read is refused."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from foretell import samples
from foretell.errors import DataError, FrameError, UsageError
from foretell.series import fingerprint, sequences
from foretell.series.tables import table

BTC = samples.load("BTC-USD")
FINGERPRINT = fingerprint(sequences(BTC))


def naive(frame: pl.DataFrame) -> pd.DataFrame:
    return frame.with_columns(pl.col("time").dt.replace_time_zone(None)).to_pandas()


def shuffled_index(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis([7, *range(100, 99 + len(frame))], axis=0)


def csv(frame: pl.DataFrame, folder: Path) -> Path:
    frame.write_csv(folder / "btc.csv")
    return folder / "btc.csv"


def zipped(frame: pl.DataFrame, folder: Path) -> Path:
    path = folder / "btc.csv.gz"
    path.write_bytes(gzip.compress(frame.write_csv().encode()))
    return path


def tabbed(frame: pl.DataFrame, folder: Path) -> Path:
    frame.write_csv(folder / "btc.tsv", separator="\t")
    return folder / "btc.tsv"


def parquet(frame: pl.DataFrame, folder: Path) -> Path:
    frame.write_parquet(folder / "btc.PARQUET")
    return folder / "btc.PARQUET"


CONTAINERS: dict[str, Callable[[pl.DataFrame, Path], Any]] = {
    "polars": lambda frame, _: frame,
    "polars lazy": lambda frame, _: frame.lazy(),
    "dict of columns": lambda frame, _: frame.to_dict(as_series=False),
    "pyarrow": lambda frame, _: frame.to_arrow(),
    "duckdb": lambda frame, _: duckdb.from_arrow(frame.to_arrow()),
    "pandas, naive column": lambda frame, _: naive(frame),
    "pandas, aware column": lambda frame, _: frame.to_pandas(),
    "pandas, column of another zone": lambda frame, _: naive(frame).assign(
        time=frame.to_pandas()["time"].dt.tz_convert("America/New_York")
    ),
    "pandas, naive index": lambda frame, _: naive(frame).set_index("time"),
    "pandas, aware index": lambda frame, _: frame.to_pandas().set_index("time"),
    "pandas, nameless index": lambda frame, _: naive(frame).set_index("time").rename_axis(None),
    "pandas, filtered": lambda frame, _: shuffled_index(naive(frame)),
    "pandas, two-level index": lambda frame, _: naive(frame).set_index(["series", "time"]),
    "pandas, nullable types": lambda frame, _: naive(frame).convert_dtypes(),
    "pandas, pyarrow types": lambda frame, _: frame.to_pandas(use_pyarrow_extension_array=True),
    "pandas, times as objects": lambda frame, _: naive(frame).assign(
        time=frame.to_pandas()["time"].astype(object)
    ),
    "CSV": csv,
    "CSV as text path": lambda frame, folder: str(csv(frame, folder)),
    "CSV, gzipped": zipped,
    "TSV": tabbed,
    "Parquet": parquet,
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_fingerprint(container: str, tmp_path: Path) -> None:
    source = CONTAINERS[container](BTC, tmp_path)
    assert fingerprint(sequences(source)) == FINGERPRINT


@pytest.mark.parametrize("kind", ["float64", "Float64", "object"])
def test_missing_value_of_pandas_is_refused_with_its_row(kind: str) -> None:
    column = pd.Series([1.5, None, 2.5], dtype=kind)
    frame = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=3), "value": column})
    with pytest.raises(FrameError, match=r"row 1: value .* is missing or not finite"):
        sequences(frame)


def test_whole_and_broken_numbers_may_stand_in_one_column_of_a_dict() -> None:
    assert table({"value": [0, -4, 1.5]})["value"].to_list() == [0.0, -4.0, 1.5]


def test_dict_of_columns_of_different_length_is_refused() -> None:
    with pytest.raises(DataError):
        table({"time": [1, 2, 3], "value": [1.0, 2.0]})


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no file .*absent\.csv.*give the path"):
        table(tmp_path / "absent.csv")


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        table(tmp_path)


def test_unknown_suffix_is_refused(tmp_path: Path) -> None:
    (tmp_path / "btc.xlsx").write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"ends in '\.xlsx'; give a \.csv"):
        table(tmp_path / "btc.xlsx")


@pytest.mark.parametrize("name", ["broken.parquet", "broken.csv", "broken.csv.gz"])
def test_unreadable_file_is_refused_with_its_name(name: str, tmp_path: Path) -> None:
    whole = parquet(BTC, tmp_path).read_bytes()
    content = {".parquet": whole[: len(whole) // 2], ".csv": b"", ".gz": b"\x1f\x8b\x08junk"}
    (tmp_path / name).write_bytes(content[Path(name).suffix])
    with pytest.raises(DataError, match=f"'{name}' cannot be read .*; check the file"):
        table(tmp_path / name)


def test_ragged_csv_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ragged.csv").write_text("time,close\n2024-01-01,1\n2024-01-02,2,3\n")
    with pytest.raises(DataError, match=r"'ragged\.csv' cannot be read"):
        table(tmp_path / "ragged.csv")


@pytest.mark.parametrize("source", [None, 3, [1.0, 2.0], object()])
def test_what_is_not_tabular_is_refused(source: object) -> None:
    with pytest.raises(UsageError, match=f"from {type(source).__name__}; give polars"):
        table(source)


def test_numbers_late_in_a_csv_do_not_change_the_type(tmp_path: Path) -> None:
    rows = [f"{day},{day}" for day in range(2_000)] + ["2000,0.5"]
    (tmp_path / "late.csv").write_text("time,value\n" + "\n".join(rows))
    assert table(tmp_path / "late.csv")["value"].to_list()[-1] == pytest.approx(0.5)
