"""Series of a frame as arrays: order, rows, steps, fingerprint."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import samples
from foretell.errors import DataError, FrameError, ShortHistory, UsageError
from foretell.series import Sequence, fingerprint, instant, sequences

BTC = samples.load("BTC-USD")
HOURS = samples.load("ETH-USD-1h")


def frame(series: str = "A", bars: int = 10, step: int = 3_600, value: float = 1.0) -> pl.DataFrame:
    times = [1_704_067_200 + step * bar for bar in range(bars)]
    return pl.DataFrame({"series": [series] * bars, "time": times}).with_columns(value=value)


def test_many_series_come_in_order_of_first_appearance() -> None:
    given = pl.concat([frame("B"), frame("A"), frame("C", bars=5)])
    assert [(each.name, len(each)) for each in sequences(given)] == [("B", 10), ("A", 10), ("C", 5)]


def test_interleaved_series_equal_series_one_after_the_other() -> None:
    after = pl.concat([frame("A"), frame("B", value=2.0)])
    mixed = after.sort("time", "series")
    assert fingerprint(sequences(mixed)) == fingerprint(sequences(after))


def test_values_are_those_of_the_frame() -> None:
    (btc,) = sequences(BTC)
    assert btc.columns == ("open", "high", "low", "close", "volume")
    assert np.array_equal(btc.value_TC, BTC.select(btc.columns).to_numpy())
    assert np.array_equal(btc.time_T, BTC["time"].dt.epoch("s").to_numpy())
    assert btc.priced
    assert np.array_equal(btc.target_T, BTC["close"].to_numpy())


def test_target_of_other_sequences_is_their_value() -> None:
    (rows,) = sequences(BTC, target="volume")
    assert not rows.priced
    assert np.array_equal(rows.target_T, BTC["volume"].to_numpy())


def test_bars_are_python_numbers() -> None:
    time, bar = next(sequences(BTC)[0].bars())
    assert (type(time), {type(value) for value in bar}) == (int, {float})
    assert bar == BTC.select("open", "high", "low", "close", "volume").row(0)


def test_before_excludes_the_instant_itself() -> None:
    (rows,) = sequences(frame())
    third = int(rows.time_T[3])
    assert rows.before(third).time_T.tolist() == rows.time_T[:3].tolist()
    assert len(rows.before(third + 1)) == 4
    assert len(rows.before(0)) == 0
    assert len(rows.before(10**12)) == 10


def test_head_keeps_everything_but_the_end() -> None:
    (rows,) = sequences(BTC)
    head = rows.head(5)
    assert (head.name, head.frequency, head.columns) == (rows.name, rows.frequency, rows.columns)
    assert np.array_equal(head.value_TC, rows.value_TC[:5])


@pytest.mark.parametrize(("count", "kept"), [(3, 3), (10, 10), (99, 10), (0, 0)])
def test_tail_keeps_the_last_bars(count: int, kept: int) -> None:
    (rows,) = sequences(frame())
    assert rows.tail(count).time_T.tolist() == rows.time_T[10 - kept :].tolist()


def test_series_of_two_steps_are_refused() -> None:
    given = pl.concat([frame("A"), frame("DAILY", step=86_400)])
    with pytest.raises(FrameError, match=r"'DAILY' has steps of 1d and 'A' of 1h; give series of"):
        sequences(given)


@pytest.mark.parametrize("bars", [1, 2])
def test_too_few_bars_are_refused_with_the_series(bars: int) -> None:
    given = pl.concat([frame("A"), frame("NEW", bars=bars)])
    with pytest.raises(ShortHistory, match=f"series 'NEW': {bars} bars .*; give at least 3"):
        sequences(given)


@pytest.mark.parametrize("order", [["series", "time"], ["time", "series"]])
def test_row_off_the_grid_is_that_of_the_given_frame(order: list[str]) -> None:
    given = pl.concat([frame("A"), frame("B")]).sort(order).with_row_index("row")
    wrong = given.filter(pl.col("series") == "B")["row"][6]
    moved = given.with_columns(
        time=pl.when(pl.col("row") == wrong).then(pl.col("time") + 90).otherwise(pl.col("time"))
    )
    with pytest.raises(FrameError, match=f"row {wrong}: .* is off the 1h grid") as refusal:
        sequences(moved.drop("row"))
    assert refusal.value.row == wrong


def test_bars_of_less_than_a_second_are_refused() -> None:
    given = {"time": [1_704_067_200_000 + 100 * bar for bar in range(30)], "value": [1.0] * 30}
    with pytest.raises(DataError):
        sequences(given)


def test_fingerprint_is_that_of_a_copy() -> None:
    assert fingerprint(sequences(HOURS)) == fingerprint(sequences(HOURS.clone()))


@pytest.mark.parametrize(
    "change",
    [
        pl.when(pl.col("row") == 100).then(pl.col("close") * (1 + 1e-15)).otherwise("close"),
        pl.lit("OTHER").alias("series"),
        pl.col("time") + timedelta(hours=1),
    ],
    ids=["one last digit", "name", "time"],
)
def test_fingerprint_tells_any_change(change: pl.Expr) -> None:
    name = change.meta.output_name() if "close" not in str(change) else "close"
    rows = HOURS.select("series", "time", "close").with_row_index("row")
    changed = rows.with_columns(change.alias(name))
    assert fingerprint(sequences(changed)) != fingerprint(sequences(rows))


def test_fingerprint_tells_the_order_of_series() -> None:
    one, two = sequences(pl.concat([frame("A"), frame("B")]))
    assert fingerprint([one, two]) != fingerprint([two, one])


@pytest.mark.parametrize(
    "moment",
    [
        "2024-01-31", "2024-01-31T00:00:00Z", "2024-01-31 01:00:00+01:00", date(2024, 1, 31),
        datetime(2024, 1, 31, tzinfo=UTC), datetime(2024, 1, 31),  # noqa: DTZ001
        datetime(2024, 1, 30, 19, tzinfo=timezone(timedelta(hours=-5))),
    ],
)  # fmt: skip
def test_instant_is_seconds_since_1970(moment: Any) -> None:
    assert instant(moment) == 1_706_659_200


def test_unreadable_instant_is_refused() -> None:
    with pytest.raises(UsageError, match="'whenever' is not a time; write it as 2024-01-31"):
        instant("whenever")


def test_sequence_is_frozen() -> None:
    (rows,) = sequences(frame())
    with pytest.raises(AttributeError):
        rows.name = "other"
    assert isinstance(rows, Sequence)
