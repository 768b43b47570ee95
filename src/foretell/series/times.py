"""Time stamps of every kind, as UTC; what is ambiguous is refused."""

from __future__ import annotations

import polars as pl

from foretell.errors import FrameError

__all__ = ["SURE_SECONDS", "utc"]

OFFSET = r"(?i)(?:Z|UTC|[+-]\d{2}:?\d{2})$"
# Seconds, milliseconds, microseconds and nanoseconds since 1970 differ by their size: these are
# the largest values of each that lie before the year 5138.
EPOCHS = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (10**20, 10**9))
DAYS = (19_000_101, 21_001_231)  # 20240131 is a day, not a second of August 1970
SURE_SECONDS = range(DAYS[1] + 1, EPOCHS[0][0])  # numbers that a frame can only mean as seconds
YEARS = (1, 5137)


def utc(column: pl.Series) -> pl.Series:
    """Convert a column of times to UTC with microseconds.

    Naive times are taken as UTC, whole numbers as days such as 20240131 where all can be, else
    as seconds, milliseconds, microseconds or nanoseconds since 1970 according to their size.

    Raises
    ------
    FrameError
        A time is missing, unreadable or thousands of years away, or naive and aware times are
        mixed; the row is named.
    """
    if column.dtype.is_float():
        column = column.fill_nan(None)
    _refuse_missing(column)
    times = _read(column)
    near = times.dt.year().is_between(*YEARS).fill_null(value=False)
    _refuse(column, ~near, ", beyond the years 1 to 5137")
    return times


def _read(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Date:
        return column.cast(pl.Datetime("us"), strict=False).dt.replace_time_zone("UTC")
    if isinstance(column.dtype, pl.Datetime):
        zoned = column.cast(pl.Datetime("us", column.dtype.time_zone), strict=False)
        if column.dtype.time_zone is None:
            return zoned.dt.replace_time_zone("UTC")
        return zoned.dt.convert_time_zone("UTC")
    if column.dtype.is_integer() or column.dtype.is_float():
        return _from_number(column)
    if column.dtype == pl.String:
        return _from_text(column)
    message = f"column 'time' holds {column.dtype}; give time stamps, dates or ISO 8601 text"
    raise FrameError(message)


def _refuse_missing(column: pl.Series) -> None:
    missing = column.is_null().arg_true()
    if len(missing):
        row = int(missing[0])
        message = f"row {row}: the time is missing; remove the row or fill it in"
        raise FrameError(message, row)


def _refuse(column: pl.Series, unread: pl.Series, why: str = "") -> None:
    rows = unread.arg_true()
    if len(rows):
        row = int(rows[0])
        shown = f"{_shown(column, row)}{why}"
        message = f"row {row}: cannot read the time {shown}; write 2024-01-31 13:00:00"
        raise FrameError(message, row)


def _shown(column: pl.Series, row: int) -> str:
    """A time as it was given; Python has no `datetime` for one that is too far away."""
    return repr(column.to_physical()[row] if column.dtype.is_temporal() else column[row])


def _from_number(column: pl.Series) -> pl.Series:
    whole = column.cast(pl.Int64, strict=False)
    _refuse(column, whole.is_null())
    return _from_day(column, whole) if whole.is_between(*DAYS).all() else _from_epoch(whole)


def _from_day(column: pl.Series, whole: pl.Series) -> pl.Series:
    days = whole.cast(pl.String).str.strptime(pl.Date, "%Y%m%d", strict=False)
    _refuse(column, days.is_null(), " as a day")
    return days.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _from_epoch(whole: pl.Series) -> pl.Series:
    largest = max(abs(int(end)) for end in (whole.min(), whole.max()))  # type: ignore[arg-type]
    per_second = next((unit for limit, unit in EPOCHS if largest < limit), 10**9)
    micros = whole * (10**6 // per_second) if per_second <= 10**6 else whole // 10**3
    return micros.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _from_text(column: pl.Series) -> pl.Series:
    text = column.str.strip_chars()
    aware = text.str.contains(OFFSET)
    first_aware = bool(aware[0])
    other = (aware != first_aware).arg_true()
    if len(other):
        row = int(other[0])
        kinds = ("aware", "naive") if first_aware else ("naive", "aware")
        message = (
            f"row {row}: {column[row]!r} is {kinds[1]} while the rows before it are {kinds[0]}; "
            f"give every time an offset, or none"
        )
        raise FrameError(message, row)
    parsed = _parse(text, aware=first_aware)
    _refuse(column, parsed.is_null())
    return parsed


def _parse(text: pl.Series, *, aware: bool) -> pl.Series:
    if aware:
        text = text.str.replace(r"(?i)(?:Z|\s*UTC)$", "+00:00").str.replace("T", " ")
        text = text.str.replace(r"\s+([+-])", "$1")
        formats: tuple[str, ...] = (
            "%Y-%m-%d %H:%M:%S%.f%:z",
            "%Y-%m-%d %H:%M%:z",
            "%Y-%m-%d %H:%M:%S%.f%z",
        )
    else:
        text = text.str.replace("T", " ")
        formats = (
            "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S",
            "%Y/%m/%d", "%Y%m%d",
        )  # fmt: skip
    result = pl.Series([None] * len(text), dtype=pl.Datetime("us", "UTC"))
    for pattern in formats:
        dates = "%H" not in pattern
        kind = pl.Date() if dates else pl.Datetime("us")
        read = text.str.strptime(kind, pattern, strict=False).cast(pl.Datetime("us"))
        result = result.fill_null(read.dt.replace_time_zone("UTC"))
        if result.null_count() == 0:
            break
    return result
