"""Columns beside a sequence's own: what else is read, and what is known in advance.

In a canonical frame they keep their role in their name: ``input:humidity``, ``known:holiday``. So
a frame tells by itself what each column is for, and no column can be taken for a price.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from foretell.errors import FrameError

__all__ = [
    "INPUT",
    "KNOWN",
    "Extra",
    "ahead_rows",
    "extra_columns",
    "own_columns",
    "plain",
    "rules",
    "with_role",
]

INPUT, KNOWN = "input:", "known:"


@dataclass(frozen=True)
class Extra:
    """Names of further columns, as the user calls them.

    Attributes
    ----------
    inputs : tuple of str
        Known once their bar has closed, as the target is.
    known : tuple of str
        Known in advance, such as holidays: every bar's value before the bar begins.
    """

    inputs: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def marked(self) -> tuple[str, ...]:
        """The same names with their role, inputs first."""
        return tuple(
            f"{role}{name}"
            for role, names in ((INPUT, self.inputs), (KNOWN, self.known))
            for name in names
        )


def own_columns(columns: Iterable[str]) -> tuple[str, ...]:
    """Those without a role: prices and volume, or the value."""
    return tuple(name for name in columns if not name.startswith((INPUT, KNOWN)))


def with_role(columns: Iterable[str], role: str) -> tuple[str, ...]:
    """Those with one role, `INPUT` or `KNOWN`."""
    return tuple(name for name in columns if name.startswith(role))


def plain(name: str) -> str:
    """The user's name of a column."""
    return name.removeprefix(INPUT).removeprefix(KNOWN)


def extra_columns(
    given: pl.DataFrame, own: Mapping[str, str], extra: Extra | None
) -> dict[str, str]:
    """Find the further columns of a frame.

    Parameters
    ----------
    given : polars.DataFrame
    own : mapping of str to str
        What is read already: our name, and that of the frame.
    extra : Extra or None
        None for the columns that the frame itself marks.

    Returns
    -------
    dict of str to str
        Marked name, and that of the frame.

    Raises
    ------
    FrameError
        There is no such column, it is read already, or it does not hold numbers.
    """
    lower = {name.lower().strip(): name for name in reversed(given.columns)}
    marked = (
        extra.marked if extra else with_role(given.columns, INPUT) + with_role(given.columns, KNOWN)
    )
    found: dict[str, str] = {}
    for name in marked:
        theirs = lower.get(name.lower(), lower.get(plain(name).lower()))
        if theirs is None:
            message = f"no column {plain(name)!r}; the frame has {', '.join(given.columns)}"
            raise FrameError(message)
        taken = {**own, **found}
        role = next((ours for ours, other in taken.items() if other == theirs), None)
        if role is not None:
            message = f"column {theirs!r} is read already, as {role}; do not name it once more"
            raise FrameError(message)
        if not _may_be_numbers(given[theirs].dtype):
            message = f"column {theirs!r} holds {given[theirs].dtype}, not numbers; cast it first"
            raise FrameError(message)
        found[name] = theirs
    return found


def _may_be_numbers(dtype: pl.DataType) -> bool:
    """Text may: it is read cell by cell, and a wrong one is refused with its row."""
    return dtype.is_numeric() or dtype in (pl.Boolean, pl.String, pl.Null)


def ahead_rows(frame: pl.DataFrame) -> pl.Series:
    """Mark the rows after the last target of their series, which hold what is known in advance."""
    if not with_role(frame.columns, KNOWN):
        return pl.repeat(value=False, n=len(frame), eager=True).alias("ahead")
    target = pl.col("close" if "close" in frame.columns else "value").fill_nan(None)
    last = pl.when(target.is_not_null()).then("row").max().over("series")
    later = (pl.col("row") > last).fill_null(value=False)  # a series without a target has no bars
    return frame.with_row_index("row").select(later.alias("ahead"))["ahead"]


def rules(columns: Iterable[str]) -> Iterator[tuple[str, pl.Expr, str, str]]:
    """What is wrong where in further columns: column, condition, problem, remedy."""
    for name in columns:
        infinite = pl.col(name).is_infinite().fill_null(value=False)
        if name.startswith(INPUT):
            yield name, infinite, "is not finite", "correct it, or leave it empty"
        if name.startswith(KNOWN):
            yield name, infinite, "is not finite", "correct it"
            missing = pl.col(name).is_null() & ~pl.col("ahead")
            yield name, missing, "is missing", "a column known in advance has a value in every row"
