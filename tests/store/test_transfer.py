"""From files into the store and back, with the holes on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from foretell.errors import DataError, FrameError, UsageError
from foretell.series import canonical
from foretell.store import Store, export_candles, import_candles

Make = Callable[..., pl.DataFrame]
MINUTE, START = 60, 1_700_000_040


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    def save(frame: pl.DataFrame, name: str) -> Path:
        frame.write_parquet(tmp_path / name)
        return tmp_path / name

    return save


def test_many_files_of_many_symbols(store: Store, make: Make, saved: Callable[..., Path]) -> None:
    both = saved(pl.concat([make("A"), make("B")]), "both.parquet")
    more = saved(make("A", first=2, levels=[7.0, 8.0]), "more.parquet")
    told = import_candles(store, [both, more], "binance", "1m")
    assert [each[1:] for each in told] == [("1m", ["A", "B"], 6, 0, 0), ("1m", ["A"], 1, 1, 0)]
    assert store.read("binance", "A", "1m")["open"].to_list() == [100.0, 101.0, 7.0, 8.0]
    again = import_candles(store, [more], "binance", "1m")
    assert (again[0].new, again[0].revised, again[0].unchanged) == (0, 0, 2)


def test_holes_within_and_between_files_are_noted_once(
    store: Store, make: Make, saved: Callable[..., Path]
) -> None:
    one = saved(pl.concat([make(), make(first=5)]).drop("series"), "BTC_USDT-1m.parquet")
    two = saved(make(first=20).drop("series"), "BTCUSDT-1m.parquet")
    two = two.rename(two.with_name("BTC_USDT-1m-x.parquet"))
    for _ in range(2):
        import_candles(store, [one, two], "binance", symbol="BTC/USDT")
        gaps = store.gaps()
        assert gaps["bars"].to_list() == [2, 12]
        assert gaps["reason"].unique().to_list() == ["not in the files imported"]


def test_holes_outside_of_what_is_imported_are_not_its_business(
    store: Store, make: Make, saved: Callable[..., Path]
) -> None:
    store.write(pl.concat([make(), make(first=10)]), "binance", "1m")
    import_candles(store, [saved(make(first=20), "late.parquet")], "binance")
    assert store.gaps().is_empty()


def test_names_of_files_and_options_say_what_is_in_them(
    store: Store, make: Make, saved: Callable[..., Path]
) -> None:
    frame = make(step=3_600).with_columns(
        pl.col("time").dt.truncate("1h")
    ).drop("series")  # fmt: skip
    import_candles(store, [saved(frame, "ETH_USDT-1h.parquet")], "kraken")
    import_candles(store, [saved(frame, "any.parquet")], "kraken", symbol="SOL/USDT")
    import_candles(store, [saved(frame[:1], "one.parquet")], "kraken", "1h", "ADA/USDT")
    assert store.series().select("symbol", "timeframe").rows() == [
        ("ADA/USDT", "1h"), ("ETH/USDT", "1h"), ("SOL/USDT", "1h"),
    ]  # fmt: skip
    with pytest.raises(DataError, match="do not show a time step"):
        import_candles(store, [saved(frame[:1], "one.parquet")], "kraken")


def test_a_symbol_for_files_that_name_theirs_is_refused(
    store: Store, make: Make, saved: Callable[..., Path]
) -> None:
    with pytest.raises(UsageError, match="holds A, not 'B'; leave --symbol out"):
        import_candles(store, [saved(make("A"), "a.parquet")], "binance", symbol="B")


def test_files_before_a_wrong_one_are_kept(
    store: Store, make: Make, saved: Callable[..., Path]
) -> None:
    wrong = saved(make("B").with_columns(high=0.1), "wrong.parquet")
    with pytest.raises(FrameError, match="row 0"):
        import_candles(store, [saved(make("A"), "a.parquet"), wrong], "binance")
    assert store.series()["symbol"].to_list() == ["A"]


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "OUT.CSV"])
def test_what_is_exported_reads_back_bit_for_bit(tmp_path: Path, make: Make, name: str) -> None:
    frame = make(levels=[0.1 + 0.2, 1e-9, 1e15 / 3.0])
    export_candles(frame, tmp_path / name)
    assert canonical(tmp_path / name).equals(frame)


def test_another_ending_is_refused(tmp_path: Path, make: Make) -> None:
    with pytest.raises(UsageError, match=r"write to a .csv or .parquet file"):
        export_candles(make(), tmp_path / "out.xlsx")
    assert not list(tmp_path.iterdir())
