"""One series of a frame as plain arrays, ready to be read bar by bar."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Sequence as Rows
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from foretell.errors import DataError, FrameError, UsageError
from foretell.series.ahead import NOTHING, Ahead, Coming, windows
from foretell.series.extra import KNOWN, Extra, ahead_rows, plain, with_role
from foretell.series.frame import canonical
from foretell.series.frequency import Frequency
from foretell.series.times import utc

__all__ = ["Bar", "Sequence", "as_frame", "fingerprint", "instant", "sequences"]

Bar = tuple[float, ...]


@dataclass(frozen=True)
class Sequence:
    """Bars of one series.

    Attributes
    ----------
    name : str
    frequency : Frequency
    columns : tuple of str
        Names of the values: ``open, high, low, close`` and perhaps ``volume``, or ``value``; then
        further columns by their role (see `foretell.series.extra`).
    time_T : ndarray of int64, shape (T,)
        Open times in seconds since 1970.
    value_TC : ndarray of float64, shape (T, C)
        One column a name of `columns`; NaN where an input is missing.
    ahead : Ahead
        What is known in advance of the bars after the last one.
    """

    name: str
    frequency: Frequency
    columns: tuple[str, ...]
    time_T: np.ndarray
    value_TC: np.ndarray
    ahead: Ahead = NOTHING

    def __len__(self) -> int:
        return len(self.time_T)

    @property
    def priced(self) -> bool:
        """Whether the bars are prices, so that the target is a log return."""
        return "close" in self.columns

    @property
    def target_T(self) -> np.ndarray:
        """The forecast quantity in its own units: the close, or the value."""
        return self.value_TC[:, self.columns.index("close" if self.priced else "value")]

    @property
    def known_TK(self) -> np.ndarray:
        """The columns known in advance, of every bar."""
        known = with_role(self.columns, KNOWN)
        return self.value_TC[:, [self.columns.index(name) for name in known]]

    def bars(self, horizon: int = 0) -> Iterator[tuple[int, Bar]]:
        """Yield ``(time, values)`` bar by bar, as Python numbers.

        With a horizon, a bar's values are followed by what is known in advance of so many bars
        after it, one after the other.
        """
        bars: Iterator[Bar] = map(tuple, self.value_TC.tolist())
        if horizon and with_role(self.columns, KNOWN):
            ahead_THK = windows(self.known_TK, self.ahead.value_AK, horizon)
            later = (window_HK.ravel().tolist() for window_HK in ahead_THK)
            bars = ((*bar, *rest) for bar, rest in zip(bars, later, strict=True))
        return zip(self.time_T.tolist(), bars, strict=True)

    def before(self, instant_s: float) -> Sequence:
        """The bars that open before an instant (seconds since 1970)."""
        return self.head(int(np.searchsorted(self.time_T, instant_s)))

    def head(self, count: int) -> Sequence:
        """The first `count` bars; of the others stays what was known in advance."""
        kept = self._cut(slice(count))
        if not with_role(self.columns, KNOWN) or count >= len(self):
            return kept
        later = self._cut(slice(count, None))
        time_A = np.concatenate([later.time_T, self.ahead.time_A])
        parts = [later.known_TK, *([self.ahead.value_AK] if len(self.ahead.time_A) else [])]
        return replace(kept, ahead=Ahead(time_A, np.concatenate(parts)))

    def tail(self, count: int) -> Sequence:
        """The last `count` bars."""
        return self._cut(slice(max(len(self) - count, 0), None))

    def coming(self) -> Coming:
        """What is known in advance of the bars after the last one, to be added to."""
        known = tuple(map(plain, with_role(self.columns, KNOWN)))
        return Coming(known, self.frequency, int(self.time_T[-1]), self.ahead)

    def with_ahead(self) -> tuple[np.ndarray, np.ndarray]:
        """Times and values of all rows, those ahead among them: NaN there but for what is known."""
        count = len(self.ahead.time_A)
        value_AC = np.full((count, len(self.columns)), np.nan)
        if count:
            known = with_role(self.columns, KNOWN)
            value_AC[:, [self.columns.index(name) for name in known]] = self.ahead.value_AK
        return (
            np.concatenate([self.time_T, self.ahead.time_A]),
            np.concatenate([self.value_TC, value_AC]),
        )

    def _cut(self, rows: slice) -> Sequence:
        return replace(self, time_T=self.time_T[rows], value_TC=self.value_TC[rows])


def sequences(source: Any, target: str | None = None, extra: Extra | None = None) -> list[Sequence]:
    """Read any frame as one `Sequence` a series, in order of first appearance.

    Raises
    ------
    FrameError
        The frame is wrong (see `foretell.series.frame.canonical`), a stamp is off the grid, or
        two series have different time steps.
    """
    frame = canonical(source, target, extra)
    frame = frame.with_columns(ahead_rows(frame)).with_row_index("row")
    parts = frame.partition_by("series", maintain_order=True)
    found = [_sequence(part) for part in parts]
    first = found[0]
    for other in found[1:]:
        if (other.frequency.seconds, other.frequency.months) != (
            first.frequency.seconds,
            first.frequency.months,
        ):
            message = (
                f"series {other.name!r} has steps of {other.frequency} and {first.name!r} of "
                f"{first.frequency}; give series of one time step"
            )
            raise FrameError(message)
    return found


def _sequence(whole: pl.DataFrame) -> Sequence:
    part = whole.filter(~pl.col("ahead"))
    name = part["series"][0]
    time_T = part["time"].dt.epoch("s").to_numpy()
    columns = tuple(part.columns[3:-1])
    try:
        frequency = Frequency.infer(time_T)
    except FrameError as error:
        row = int(part["row"][error.row or 0])
        message = str(error).replace(f"row {error.row}:", f"row {row}:", 1)
        raise FrameError(message, row) from None
    except DataError as error:
        message = f"series {name!r}: {error}"
        raise type(error)(message) from None
    known = with_role(columns, KNOWN)
    ahead = NOTHING
    if known:
        later = whole.filter("ahead")
        given = Ahead(later["time"].dt.epoch("s").to_numpy(), later.select(known).to_numpy())
        ahead = given.usable(frequency, int(time_T[-1]))
    return Sequence(name, frequency, columns, time_T, part.select(columns).to_numpy(), ahead)


def as_frame(rows: Rows[Sequence]) -> pl.DataFrame:
    """Series in the frame format, one after the other: what `sequences` reads back."""
    return pl.concat(map(_frame, rows))


def _frame(row: Sequence) -> pl.DataFrame:
    time_N, value_NC = row.with_ahead()
    values = dict(zip(row.columns, value_NC.T, strict=True))
    frame = pl.DataFrame(
        {"series": pl.repeat(row.name, len(time_N), eager=True), "time": time_N} | values
    )
    time = pl.from_epoch("time", time_unit="s").dt.replace_time_zone("UTC")
    return frame.with_columns(time, pl.col(row.columns).fill_nan(None))


def fingerprint(rows: Rows[Sequence]) -> str:
    """SHA-256 over the names, stamps and values of series, in order."""
    digest = hashlib.sha256()
    for sequence in rows:
        time_N, value_NC = sequence.with_ahead()
        digest.update(sequence.name.encode())
        digest.update(np.ascontiguousarray(time_N, dtype="<i8").tobytes())
        digest.update(np.ascontiguousarray(value_NC, dtype="<f8").tobytes())
    return digest.hexdigest()


def instant(moment: Any) -> int:
    """Seconds since 1970 of a moment; naive ones are UTC.

    Parameters
    ----------
    moment : str, date, datetime, numpy.datetime64 or int
        A whole number is taken as in a frame, by its size.

    Raises
    ------
    UsageError
        It is not a time.
    """
    if isinstance(moment, np.datetime64):
        moment = moment.astype("datetime64[us]").item()
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(aware.timestamp())
    try:
        return int(utc(pl.Series("time", [moment])).dt.epoch("s")[0])
    except (FrameError, TypeError, ValueError):
        message = f"{moment!r} is not a time; write it as 2024-01-31 or 2024-01-31T13:00:00"
        raise UsageError(message) from None
