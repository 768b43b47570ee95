"""One bar as a mapping, checked as a frame's row would be, in microseconds."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, isnan, nan
from typing import Any

from foretell.errors import FrameError
from foretell.series.extra import INPUT, KNOWN, plain, with_role
from foretell.series.frame import ALIASES, PRICES
from foretell.series.frequency import Frequency, stamp
from foretell.series.sequence import Bar, instant
from foretell.series.times import SURE_SECONDS

__all__ = ["announced_row", "checked_bar", "row_within"]


def checked_bar(
    bar: Mapping[str, Any],
    columns: tuple[str, ...],
    frequency: Frequency,
    last: int,
    target: str | None = None,
) -> tuple[int, Bar]:
    """Read the bar that follows another.

    Parameters
    ----------
    bar : mapping
        ``time`` (datetime, text, or seconds or milliseconds since 1970) and the values named in
        `columns`, under any name that a frame may have.
    columns : tuple of str
        Those known in advance are not read: `announced_row` has read them before.
    frequency : Frequency
    last : int
        Stamp of the bar before, in seconds since 1970.
    target : str, optional
        What the value is called; where the bar has no such name, as in a frame.

    Raises
    ------
    FrameError
        The bar is not later than the last, is off the grid, or holds a wrong value.
    """
    columns = tuple(name for name in columns if not name.startswith(KNOWN))
    named = _named(bar, columns, target)
    time = _seconds(named["time"])
    if time <= last:
        message = f"the bar of {stamp(time)} is not after {stamp(last)}, the last one read"
        raise FrameError(message + "; give each bar once, in order")
    if not frequency.leads_to(last, time):
        message = f"the bar of {stamp(time)} is off the {frequency} grid; give whole bars"
        raise FrameError(message)
    values = tuple(_number(name, named[name]) for name in columns)
    _check_values(values, columns, time)
    return time, values


def announced_row(row: Mapping[str, Any], columns: tuple[str, ...]) -> tuple[int, Bar]:
    """Read what is known in advance of one bar: its time, and the columns known in advance.

    Raises
    ------
    FrameError
        One is missing, or is not a finite number.
    """
    known = with_role(columns, KNOWN)
    named = _named(row, known)
    time = _seconds(named["time"])
    values = tuple(_number(name, named[name]) for name in known)
    _check_values(values, known, time)
    return time, values


def row_within(bar: Mapping[str, Any], columns: tuple[str, ...]) -> tuple[int, Bar] | None:
    """The same out of a bar; None where it does not have all of what is known in advance."""
    known = with_role(columns, KNOWN)
    there = {_lower(name) for name in bar} if known else set()
    whole = all(there.intersection(_written(name)) for name in known)
    return announced_row(bar, columns) if known and whole else None


def _written(name: str) -> tuple[str, str]:
    """How a column may stand in a bar, in lower case: with its role or without."""
    return name.lower(), plain(name).lower()


def _lower(name: object) -> str:
    return str(name).lower().strip()


def _named(
    bar: Mapping[str, Any], columns: tuple[str, ...], target: str | None = None
) -> Mapping[str, Any]:
    """The bar under the names of this module, from any that a frame may have."""
    wanted = ("time", *columns)
    renamed = target.lower() if target is not None and "value" in columns else None
    if renamed is None and all(name in bar for name in wanted):
        return bar
    named = {_lower(name): value for name, value in bar.items()}
    for ours, aliases in ALIASES.items():
        found = next((alias for alias in aliases if alias in named), None)
        if found is not None:
            named[ours] = named[found]
    if renamed in named:
        named["value"] = named[renamed]
    for name in columns:
        found = next((each for each in _written(name) if each in named), None)
        if found is not None:
            named[name] = named[found]
    if "close" in named and not {"open", "high", "low"} & named.keys():
        named |= dict.fromkeys(("open", "high", "low"), named["close"])
    missing = next((name for name in wanted if name not in named), None)
    if missing is not None:
        message = f"the bar has no {plain(missing)!r}; give {', '.join(map(plain, wanted))}"
        raise FrameError(message)
    return named


def _number(name: str, value: Any) -> float:
    if value is None and name.startswith(INPUT):
        return nan
    try:
        return float(value)
    except (TypeError, ValueError):
        message = f"{plain(name)} {value!r} is not a number; correct the bar"
        raise FrameError(message) from None


def _seconds(moment: Any) -> int:
    return moment if isinstance(moment, int) and moment in SURE_SECONDS else instant(moment)


def _check_values(values: Bar, columns: tuple[str, ...], time: int) -> None:
    for name, value in zip(columns, values, strict=True):
        wrong = not isfinite(value) and not (isnan(value) and name.startswith(INPUT))
        wrong = wrong or (name in PRICES and value <= 0) or (name == "volume" and value < 0)
        if wrong:
            message = (
                f"{plain(name)} {value} in the bar of {stamp(time)} cannot be; correct the bar"
            )
            raise FrameError(message)
    if "close" in columns:
        opened, high, low, close = values[:4]
        if high < max(opened, close) or low > min(opened, close):
            message = f"high {high} and low {low} in the bar of {stamp(time)} do not span the body"
            raise FrameError(message + "; correct the bar")
