"""The one frame format: long, UTC, checked row by row before anything is computed.

Columns are ``series`` and ``time`` (the bar's open), then ``open, high, low, close`` and where
there is one ``volume`` for a priced frame, or ``value`` for any other sequence; then further
columns by their role (see `foretell.series.extra`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

import numpy as np
import polars as pl

from foretell.errors import FrameError
from foretell.series import extra as further
from foretell.series.extra import Extra, ahead_rows, extra_columns, own_columns, plain
from foretell.series.frequency import stamp
from foretell.series.tables import table
from foretell.series.times import utc

__all__ = ["ALIASES", "PRICES", "SERIES_NAMES", "TIME_NAMES", "canonical", "possible"]

Rule = tuple[str, pl.Expr, str, str]  # column, condition, problem, remedy

PRICES = ("open", "high", "low", "close")

# Names that exchanges, Nixtla and Yahoo use, compared in lower case; the first present wins.
ALIASES = {
    "series": ("series", "unique_id", "symbol", "ticker", "pair"),
    "time": ("time", "ds", "datetime", "timestamp", "date", "open_time", "index"),
    "value": ("value", "y"),
}
CANDLES = {"series": pl.String, "time": pl.Datetime("us", "UTC")} | dict.fromkeys(
    (*PRICES, "volume"), pl.Float64
)
SERIES_NAMES, TIME_NAMES = ALIASES["series"], ALIASES["time"]


def canonical(source: Any, target: str | None = None, extra: Extra | None = None) -> pl.DataFrame:
    """Read any frame and check it.

    Parameters
    ----------
    source : path or object
        What `foretell.series.tables.table` reads.
    target : str, optional
        Column to forecast. By default ``close`` where there is one, else ``value`` or ``y``.
    extra : Extra, optional
        Further columns to read. By default those that the frame itself marks, as what this
        function returns does. With columns known in advance, rows after the last target of a
        series may hold these alone.

    Returns
    -------
    polars.DataFrame
        In the format of this module. Rows keep their order; a column ``series`` is added where
        there is none.

    Raises
    ------
    FrameError
        A column is missing, or a row is wrong; the message names the first wrong row, counted
        from 0, with its value and the remedy.
    """
    given = table(source)
    if given.is_empty():
        message = "the frame has no rows; give at least one bar"
        raise FrameError(message)
    if target is None and extra is None and _is_flawless(given):
        return given
    named = _named(given, target, extra)
    times = utc(named["time"])
    _check_whole_seconds(times)
    names = _names(named)
    values = [
        _numbers(column) for column in named.iter_columns() if column.name not in ("series", "time")
    ]
    frame = _without_bars_to_come(pl.DataFrame([names, times.alias("time"), *values]))
    _check_order(frame)
    _check_values(frame)
    return _with_all_prices(frame.drop("ahead"))


def _is_flawless(given: pl.DataFrame) -> bool:
    """Whether it is whole candles of one series in this format, with nothing wrong.

    In NumPy: most writes to a store are a candle or two, over which polars would plan for longer
    than all else takes. Where it is not, the rules of `_rules` find the row.
    """
    if list(given.schema.items()) != list(CANDLES.items()):
        return False
    names = given["series"]
    if any(column.null_count() for column in given.iter_columns()) or (names != names[0]).any():
        return False
    time_T = given["time"].to_physical().to_numpy()
    values_TV = np.stack([given[name].to_numpy() for name in (*PRICES, "volume")], axis=1)
    steady = (time_T % 1_000_000 == 0).all() and (np.diff(time_T) > 0).all()
    return bool(steady and possible(values_TV).all())


def possible(values_TV: np.ndarray) -> np.ndarray:
    """Whether candles can be: finite and positive, the high above all and the low below.

    Parameters
    ----------
    values_TV : ndarray of float64, shape (T, 5)
        Open, high, low, close and volume.

    Returns
    -------
    ndarray of bool, shape (T,)
    """
    open_T, high_T, low_T, close_T, volume_T = values_TV.T
    top_T, bottom_T = np.maximum(open_T, close_T), np.minimum(open_T, close_T)
    return np.asarray(
        np.isfinite(values_TV).all(axis=1)
        & (low_T > 0) & (low_T <= bottom_T) & (high_T >= top_T) & (volume_T >= 0)
    )  # fmt: skip


def _named(given: pl.DataFrame, target: str | None, extra: Extra | None) -> pl.DataFrame:
    """The columns that are read, under the names of this module."""
    found = _found(given, target)
    columns = _kept(found, given.columns)
    own = {name: found[name] for name in ("series", "time", *columns) if name in found}
    wanted = own | extra_columns(given, own, extra)
    return given.select(pl.col(theirs).alias(ours) for ours, theirs in wanted.items())


def _found(given: pl.DataFrame, target: str | None) -> dict[str, str]:
    """Names of this module, and those of the frame for the same."""
    lower = {name.lower().strip(): name for name in reversed(given.columns)}
    wanted: dict[str, str] = {}
    for ours, aliases in ALIASES.items():
        found = next((lower[alias] for alias in aliases if alias in lower), None)
        if found is not None:
            wanted[ours] = found
    wanted |= {name: lower[name] for name in (*PRICES, "volume") if name in lower}
    if target is not None and target.lower() not in lower:
        message = f"no column {target!r} to forecast; the frame has {', '.join(given.columns)}"
        raise FrameError(message)
    if target is not None and target.lower() != "close":
        wanted = {key: wanted[key] for key in ("series", "time") if key in wanted}
        wanted["value"] = lower[target.lower()]
    return wanted


def _kept(named: Mapping[str, str], given: list[str]) -> list[str]:
    have = ", ".join(given)
    if "time" not in named:
        message = f"no time column (columns read: {have}); name it 'time', 'ds' or 'date'"
        raise FrameError(message)
    if "close" in named:
        whole = all(name in named for name in PRICES)
        prices = list(PRICES) if whole else ["close"]
        return prices + [name for name in ("volume",) if name in named]
    if "value" in named:
        return ["value"]
    message = f"nothing to forecast (columns read: {have}); name a column 'close', 'value' or 'y'"
    raise FrameError(message)


def _names(named: pl.DataFrame) -> pl.Series:
    if "series" not in named.columns:
        return pl.Series("series", ["series"] * len(named), dtype=pl.String)
    return named["series"].cast(pl.String).fill_null("")


def _numbers(column: pl.Series) -> pl.Series:
    """Cast to Float64; text that is no number is refused rather than nulled."""
    if column.dtype == pl.Float64:
        return column
    numbers = column.cast(pl.Float64, strict=False)
    lost = (numbers.is_null() & column.is_not_null()).arg_true()
    if len(lost):
        row = int(lost[0])
        name = plain(column.name)
        message = f"row {row}: {name} is {column[row]!r}, which is not a number; correct it"
        raise FrameError(message, row)
    return numbers


def _without_bars_to_come(frame: pl.DataFrame) -> pl.DataFrame:
    """Mark the rows ``ahead``, and empty there what nobody can know; missing inputs are null."""
    ahead = ahead_rows(frame)
    known = further.with_role(frame.columns, further.KNOWN)
    others = [name for name in frame.columns[2:] if name not in known]
    if ahead.any():
        unknown = pl.when(~pl.lit(ahead)).then(pl.col(others))
        frame = frame.with_columns(unknown.name.keep())
    missing = pl.col(name for name in frame.columns if name not in own_columns(frame.columns))
    return frame.with_columns(missing.fill_nan(None), ahead)


def _check_whole_seconds(times: pl.Series) -> None:
    split = (times.dt.microsecond() != 0).arg_true()
    if len(split):
        row = int(split[0])
        message = f"row {row}: {times[row]} has a fraction of a second; give whole seconds"
        raise FrameError(message, row)


def _check_order(frame: pl.DataFrame) -> None:
    """Refuse a bar that is not later than the bar of the same series before it."""
    marked = frame.with_row_index("row").select(
        "row",
        "series",
        "time",
        before=pl.col("time").shift(1).over("series"),
    )
    wrong = marked.filter(pl.col("time") <= pl.col("before")).head(1)
    if wrong.is_empty():
        return
    row, name, time, before = wrong.row(0)
    if time == before:
        problem, remedy = "stands twice", "drop one of the two"
    else:
        problem, remedy = f"comes after {_when(before)}", "sort each series by time"
    message = f"row {row}: {_when(time)} of series {name!r} {problem}; {remedy}"
    raise FrameError(message, row)


def _check_values(frame: pl.DataFrame) -> None:
    """Refuse the first row with a wrong value, whatever its column."""
    rules, looks = _looks(tuple(frame.columns))
    first = frame.select(looks).row(0)  # all in one sweep
    found = [(row, *rule) for row, rule in zip(first, rules, strict=True) if row is not None]
    if not found:
        return
    row, column, _, problem, remedy = min(found, key=itemgetter(0))
    value, when = frame[column][row], _when(frame["time"][row])
    message = f"row {row}: {plain(column)} {value} at {when} {problem}; {remedy}"
    raise FrameError(message, row)


@lru_cache(maxsize=64)
def _looks(columns: tuple[str, ...]) -> tuple[list[Rule], list[pl.Expr]]:
    """The rules of a kind of frame, and for each the first row that breaks it."""
    rules = list(_rules(columns))
    return rules, [rule[1].arg_true().first().alias(str(at)) for at, rule in enumerate(rules)]


def _rules(columns: tuple[str, ...]) -> Iterator[Rule]:
    """What is wrong where."""
    remedy = "remove the row or correct it"
    yield from further.rules(columns)
    for name in own_columns(columns)[2:-1]:  # the last one marks rows that have no bar yet
        unknown = ~pl.col(name).is_finite().fill_null(value=False) & ~pl.col("ahead")
        yield name, unknown, "is missing or not finite", remedy
    for name in PRICES:
        if name in columns:
            yield name, pl.col(name) <= 0, "is not a positive price", remedy
    if "volume" in columns:
        yield "volume", pl.col("volume") < 0, "is negative", remedy
    if "high" in columns:
        top, bottom = pl.max_horizontal("open", "close"), pl.min_horizontal("open", "close")
        low_above = pl.col("low") > pl.min_horizontal(bottom, "high")
        yield "high", pl.col("high") < top, "is below the open or close", "correct the candle"
        yield "high", pl.col("high") < pl.col("low"), "is below the low", "correct the candle"
        yield "low", low_above, "is above the open, close or high", "correct the candle"


def _with_all_prices(frame: pl.DataFrame) -> pl.DataFrame:
    """Give closes alone the other three prices, so that a candle is always whole."""
    if "close" not in frame.columns or "open" in frame.columns:
        return frame
    others = [pl.col("close").alias(name) for name in ("open", "high", "low")]
    return frame.select("series", "time", *others, *frame.columns[2:])


def _when(time: Any) -> str:
    return stamp(int(time.timestamp()))
