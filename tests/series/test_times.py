"""Times of every kind are the same instants; what is ambiguous or unreadable is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell import samples
from foretell.errors import FrameError
from foretell.series import fingerprint, sequences
from foretell.series.times import utc

BTC = samples.load("BTC-USD")
TIME = pl.col("time")
WRITTEN: dict[str, pl.Expr] = {
    "seconds": TIME.dt.epoch("s"),
    "milliseconds": TIME.dt.epoch("ms"),
    "microseconds": TIME.dt.epoch("us"),
    "nanoseconds": TIME.dt.epoch("ns"),
    "seconds as floats": TIME.dt.epoch("s").cast(pl.Float64),
    "date": TIME.dt.date(),
    "naive": TIME.dt.replace_time_zone(None),
    "nanosecond precision": TIME.dt.cast_time_unit("ns"),
    "another zone": TIME.dt.convert_time_zone("Asia/Tokyo"),
    "ISO with Z": TIME.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "ISO with fraction and Z": TIME.dt.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    "ISO with UTC": TIME.dt.strftime("%Y-%m-%d %H:%M:%S UTC"),
    "ISO with offset": TIME.dt.convert_time_zone("Asia/Tokyo").dt.strftime("%Y-%m-%dT%H:%M:%S%:z"),
    "ISO with changing offsets": TIME.dt.convert_time_zone("Europe/Berlin").dt.strftime(
        "%Y-%m-%d %H:%M:%S%z"
    ),
    "naive text": TIME.dt.strftime("%Y-%m-%d %H:%M:%S"),
    "minutes": TIME.dt.strftime("%Y-%m-%dT%H:%M"),
    "day": TIME.dt.strftime("%Y-%m-%d"),
    "slashes": TIME.dt.strftime("%Y/%m/%d"),
    "digits": TIME.dt.strftime("%Y%m%d"),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_every_way_to_write_times_gives_the_same_fingerprint(way: str) -> None:
    written = BTC.with_columns(WRITTEN[way].alias("time"))
    assert fingerprint(sequences(written)) == fingerprint(sequences(BTC))


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2024-01-31T13:00:00Z", 13),
        ("2024-01-31T13:00:00z", 13),
        ("2024-01-31 13:00:00+02:00", 11),
        ("2024-01-31T13:00:00.250-05:00", 18),
        ("2024-01-31 13:00:00 +0530", 7),
        ("  2024-01-31 13:00 ", 13),
        ("2024-01-31", 0),
    ],
)
def test_text_is_read_as_the_instant_it_names(text: str, hour: int) -> None:
    moment = utc(pl.Series([text]))[0]
    assert (moment.date(), moment.hour) == (date(2024, 1, 31), hour)


def test_result_is_utc_in_microseconds() -> None:
    for written in ([date(2024, 1, 1)], ["2024-01-01"], [1_704_067_200], [datetime(2024, 1, 1)]):  # noqa: DTZ001
        assert utc(pl.Series(written)).dtype == pl.Datetime("us", "UTC")


@given(st.integers(631_152_000, 4_102_444_800), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_epoch_unit_is_told_by_its_size(seconds: int, unit: int) -> None:
    assert utc(pl.Series([seconds * unit])).dt.epoch("s")[0] == seconds


@pytest.mark.parametrize("kind", [pl.Int64, pl.UInt32, pl.Float64])
def test_numbers_that_can_all_be_days_are_days(kind: type[pl.DataType]) -> None:
    days = utc(pl.Series([20240131, 20240201], dtype=kind))
    assert [day.date() for day in days] == [date(2024, 1, 31), date(2024, 2, 1)]
    seconds = utc(pl.Series([20240131, 4_102_444_800], dtype=kind))
    assert seconds.dt.epoch("s")[0] == 20240131


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_iso_text_with_any_offset_is_read_exactly(moment: datetime, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    aware = moment.replace(microsecond=0, tzinfo=zone)
    assert utc(pl.Series([aware.isoformat()]))[0] == aware.astimezone(UTC)


REFUSED: dict[str, tuple[Callable[[], pl.Series], int, str]] = {
    "naive after aware": (
        lambda: pl.Series(["2024-01-01T00:00Z", "2024-01-02T00:00"]),
        1,
        "'2024-01-02T00:00' is naive while the rows before it are aware; give every time",
    ),
    "aware after naive": (
        lambda: pl.Series(["2024-01-01", "2024-01-02", "2024-01-03T00:00+01:00"]),
        2,
        "is aware while the rows before it are naive",
    ),
    "null": (lambda: pl.Series([1, None, 3]), 1, "the time is missing; remove the row"),
    "null text": (lambda: pl.Series(["2024-01-01", None]), 1, "the time is missing"),
    "unreadable": (
        lambda: pl.Series(["2024-01-01", "2024-01-02", "soon"]),
        2,
        "cannot read the time 'soon'; write 2024-01-31 13:00:00",
    ),
    "impossible day": (lambda: pl.Series(["2024-02-30"]), 0, "cannot read the time '2024-02-30'"),
    "day that is none": (lambda: pl.Series([20240229, 20240230]), 1, "20240230 as a day"),
    "number beyond all": (lambda: pl.Series([1.7e9, 1e20]), 1, "cannot read the time 1e+20"),
    "before the year 1": (lambda: pl.Series([-99_999_999_999_999_990]), 0, "beyond the years"),
    "after the year 5137": (lambda: pl.Series(["5138-01-01"]), 0, "beyond the years"),
    "date beyond all": (lambda: pl.Series([2**31 - 1]).cast(pl.Date), 0, "2147483647, beyond"),
    "time beyond all": (
        lambda: pl.Series([2**62]).cast(pl.Datetime("ms")),
        0,
        "4611686018427387904, beyond",
    ),
    "not a number": (lambda: pl.Series([1.7e9, float("nan")]), 1, "the time is missing"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_time_is_refused_with_its_row(name: str) -> None:
    column, row, message = REFUSED[name]
    with pytest.raises(FrameError) as refusal:
        utc(column())
    assert refusal.value.row == row
    assert f"row {row}: " in str(refusal.value)
    assert message in str(refusal.value)


@pytest.mark.parametrize("column", [pl.Series([True]), pl.Series([[1]])])
def test_column_that_holds_no_times_is_refused(column: pl.Series) -> None:
    with pytest.raises(FrameError, match="give time stamps, dates or ISO 8601 text"):
        utc(column)
