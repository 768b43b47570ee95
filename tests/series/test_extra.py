"""Further columns of a frame: found, checked, handed on."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell.errors import FrameError
from foretell.series import Extra, as_frame, canonical, fingerprint, sequences

BOTH = Extra(("humidity",), ("holiday",))
MARKED = ["input:humidity", "known:holiday"]


def test_columns_carry_their_role(covered: pl.DataFrame) -> None:
    frame = canonical(covered, None, BOTH)
    assert frame.columns == ["series", "time", "value", *MARKED]
    assert frame["known:holiday"].equals(covered["holiday"].alias("known:holiday"))
    assert canonical(frame).equals(frame)
    assert canonical(frame, None, BOTH).equals(frame)
    assert canonical(frame.head(240), None, Extra()).columns == ["series", "time", "value"]


def test_candles_and_closes_alone_keep_them(candles: pl.DataFrame) -> None:
    given = candles.with_columns(Funding=pl.lit(1), news=pl.col("close") > 100.0)
    extra = Extra(("funding",), ("NEWS",))
    own = ["open", "high", "low", "close", "volume"]
    assert canonical(given, None, extra).columns[2:] == [*own, "input:funding", "known:NEWS"]
    closes = given.select("time", "close", "Funding", "news")
    assert canonical(closes, None, extra).columns[2:] == [*own[:4], "input:funding", "known:NEWS"]
    assert canonical(given, None, extra)["known:NEWS"].dtype == pl.Float64


def test_a_price_beside_another_target_is_no_price(candles: pl.DataFrame) -> None:
    (row,) = sequences(candles, "volume", Extra(("close",)))
    assert row.columns == ("value", "input:close")
    assert not row.priced


def test_rows_after_the_last_target_are_ahead(covered: pl.DataFrame) -> None:
    (row,) = sequences(covered, None, BOTH)
    assert len(row) == 240
    assert row.ahead.value_AK[:, 0].tolist() == covered["holiday"][240:].to_list()
    assert np.isnan(row.value_TC[:, 1]).sum() == covered["humidity"].head(240).is_nan().sum()


def test_series_of_their_own_length_have_their_own_rows_ahead(covered: pl.DataFrame) -> None:
    other = covered.head(260).with_columns(series=pl.lit("B"))
    rows = sequences(pl.concat([covered, other]).sort("time", "series"), None, BOTH)
    assert [(len(row), len(row.ahead.time_A)) for row in rows] == [(240, 20), (240, 30)]


def test_frames_of_sequences_read_back(covered: pl.DataFrame) -> None:
    (row,) = sequences(covered, None, BOTH)
    for given in (row, row.head(100), row.tail(50)):
        (again,) = sequences(as_frame([given]))
        assert fingerprint([again]) == fingerprint([given])
        assert np.array_equal(again.ahead.value_AK, given.ahead.value_AK)
    assert len(row.head(100).ahead.time_A) == 170


def spoilt(frame: pl.DataFrame, column: str, row: int, value: Any) -> pl.DataFrame:
    return frame.with_columns(
        pl.when(pl.int_range(pl.len()) == row).then(pl.lit(value)).otherwise(column).alias(column)
    )


@pytest.mark.parametrize(
    ("column", "row", "value", "says"),
    [
        ("humidity", 7, float("inf"), "humidity inf at 2022-01-03 07:00:00 is not finite; correct"),
        ("holiday", 7, float("inf"), "holiday inf at 2022-01-03 07:00:00 is not finite; correct"),
        ("holiday", 7, None, "holiday None at 2022-01-03 07:00:00 is missing; a column known in"),
        ("holiday", 250, float("-inf"), "holiday -inf at 2022-01-13 10:00:00 is not finite"),
        ("value", 7, None, "value None at 2022-01-03 07:00:00 is missing or not finite; remove"),
    ],
)
def test_wrong_value_is_refused_with_its_row(
    column: str, row: int, value: Any, says: str, covered: pl.DataFrame
) -> None:
    with pytest.raises(FrameError, match=f"^row {row}: {says}") as refusal:
        canonical(spoilt(covered, column, row, value), None, BOTH)
    assert refusal.value.row == row


def test_text_is_refused_with_its_row(covered: pl.DataFrame) -> None:
    text = covered.with_columns(pl.col("humidity").cast(pl.String))
    with pytest.raises(FrameError, match="row 9: humidity is 'wet', which is not a number"):
        canonical(spoilt(text, "humidity", 9, "wet"), None, BOTH)


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        (
            Extra(("rain",)),
            "no column 'rain'; the frame has series, time, value, humidity, holiday",
        ),
        (Extra((), ("value",)), "column 'value' is read already, as value"),
        (Extra(("holiday",), ("Holiday",)), "column 'holiday' is read already, as input:holiday"),
        (Extra(("TIME",)), "column 'time' is read already, as time"),
        (Extra(("day",)), r"column 'day' holds Date, not numbers; cast it first"),
    ],
)
def test_column_that_cannot_be_meant(extra: Extra, says: str, covered: pl.DataFrame) -> None:
    given = (
        covered if extra.inputs != ("day",) else covered.with_columns(day=pl.col("time").dt.date())
    )
    with pytest.raises(FrameError, match=says):
        canonical(given, None, extra)


def test_missing_target_without_known_columns_is_refused(covered: pl.DataFrame) -> None:
    with pytest.raises(FrameError, match="row 240: value None"):
        canonical(covered, None, Extra(("humidity",)))


def test_nixtla_frames_bring_their_columns(covered: pl.DataFrame) -> None:
    nixtla = covered.rename({"series": "unique_id", "time": "ds", "value": "y"})
    ours, theirs = (sequences(each, None, BOTH) for each in (covered, nixtla))
    assert fingerprint(ours) == fingerprint(theirs)
