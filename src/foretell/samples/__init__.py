"""Sequences that ship with foretell, for trying things out and for tests.

Twelve series: cryptocurrencies daily and hourly, shares and an index daily, and temperatures.
``data/provenance.json`` says where each came from, under which licence, and which rows were
dropped for what reason; ``scripts/build_samples.py`` makes the files.
"""

from __future__ import annotations

import difflib
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypedDict

import polars as pl

from foretell.errors import UnknownSymbol
from foretell.samples.prose import text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["catalogue", "load", "names", "text"]


class _Entry(TypedDict):
    """The part of an entry of ``provenance.json`` that is read here."""

    name: str
    file: str
    title: str
    timeframe: str
    first: str
    last: str
    rows: int
    origin: str
    package: str
    version: str
    licence: str


def load(name: str) -> pl.DataFrame:
    """Read one sample.

    Parameters
    ----------
    name : str
        One of `names`, in any case.

    Returns
    -------
    polars.DataFrame
        Columns ``series`` (String) and ``time`` (Datetime, µs, UTC; the time at which the bar
        opens), then, all Float64, either ``open, high, low, close, volume`` or ``value``. Times
        ascend and are unique; an hour or a day without data has no row. Nothing is null.

    Raises
    ------
    UnknownSymbol
        No sample has this name.

    Examples
    --------
    >>> load("btc-usd").columns
    ['series', 'time', 'open', 'high', 'low', 'close', 'volume']
    """
    return pl.read_parquet(_data().joinpath(_find(name)["file"]).read_bytes())


def catalogue() -> pl.DataFrame:
    """Describe the samples, one row each.

    Returns
    -------
    polars.DataFrame
        Columns ``name``, ``title``, ``timeframe`` ("1d" or "1h"), ``first`` and ``last``
        (Datetime, µs, UTC), ``rows``, ``origin`` (who measured, and the package that the
        figures were taken from) and ``licence`` (of that package).
    """
    return pl.DataFrame(_entries()).select(
        "name",
        "title",
        "timeframe",
        pl.col("first", "last").str.to_datetime(time_unit="us", time_zone="UTC"),
        "rows",
        pl.format("{}, from {} {}", "origin", "package", "version").alias("origin"),
        "licence",
    )


def names() -> list[str]:
    """Names of the samples, in the order of `catalogue`."""
    return [entry["name"] for entry in _entries()]


def _find(name: str) -> _Entry:
    by_name = {entry["name"].casefold(): entry for entry in _entries()}
    try:
        return by_name[name.casefold()]
    except KeyError:
        near = difflib.get_close_matches(name.casefold(), by_name, cutoff=0.4)
        hint = f"; nearest: {', '.join(by_name[key]['name'] for key in near)}" if near else ""
        message = f"no sample is named {name!r}{hint}; `foretell samples` lists all"
        raise UnknownSymbol(message) from None


@cache
def _entries() -> list[_Entry]:
    text = _data().joinpath("provenance.json").read_text(encoding="utf-8")
    entries: list[_Entry] = json.loads(text)
    return entries


def _data() -> Traversable:
    return files(__name__) / "data"
