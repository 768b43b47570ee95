"""What is to be fetched: what was asked for, less what is stored or was looked for in vain."""

from __future__ import annotations

import numpy as np
import polars as pl

from foretell.market.results import Plan
from foretell.series import Frequency, frequency, on_grid_from, runs, stamps
from foretell.sources import REASONS, Span
from foretell.store import Store

__all__ = ["last_closed", "planned"]

HOUR = 3_600


def last_closed(now: float, step: Frequency) -> int:
    """The latest time at which a bar can open that is closed now."""
    if not step.months:
        return int(now) - step.seconds
    moment = np.datetime64(int(now), "s")
    month = moment.astype("datetime64[M]")
    return int((moment - month + (month - step.months).astype("datetime64[s]")).astype(int))


def planned(
    store: Store,
    key: tuple[str, str, str],
    span: tuple[int, int],
    page: int,
    *,
    refresh: bool = False,
) -> Plan:
    """Find the spans of one symbol that have to be fetched.

    The last candle stored is fetched once more with what follows it: it may have been revised in
    the moment after it closed.

    Parameters
    ----------
    store : Store
    key : tuple of str
        Exchange, symbol, timeframe.
    span : tuple of int
        No bar opens before the one or after the other, in seconds since 1970.
    page : int
        Candles that an answer holds.
    refresh : bool, optional
        Fetch what is stored too.
    """
    step = frequency(key[2])
    first, last = _on_grid(*span, step)
    stored_T = store.times(*key)
    if refresh or not len(stored_T):
        spans = [Span(first, last)] if first <= last else []
    else:
        spans = _missing(stored_T, _sought(store, key, step), (first, last), step)
    sizes = [(each.last - each.first) // step.seconds + 1 for each in spans]
    return Plan(key[1], tuple(spans), sum(sizes), sum(-(-size // page) for size in sizes))


def _on_grid(first: int, last: int, step: Frequency) -> tuple[int, int]:
    """Steps of up to an hour begin on the full step; where longer ones do, their candles show."""
    if step.seconds > HOUR:
        return first, last
    return on_grid_from(first, 0, step), last - last % step.seconds


def _missing(
    stored_T: np.ndarray, sought_B: np.ndarray, span: tuple[int, int], step: Frequency
) -> list[Span]:
    first = on_grid_from(span[0], int(stored_T[0]), step)
    if first > span[1]:
        return []
    grid = stamps(first, span[1], step)
    # a gap after the last candle was noted by a fetch that was killed before it stored what follows
    missing = grid[~np.isin(grid, stored_T) & (~np.isin(grid, sought_B) | (grid > stored_T[-1]))]
    return [
        _span(int(missing[run][0]), int(missing[run][-1]), stored_T) for run in runs(missing, step)
    ]


def _span(first: int, last: int, stored_T: np.ndarray) -> Span:
    at = int(np.searchsorted(stored_T, first))
    before = int(stored_T[at - 1]) if at else None
    after = int(stored_T[at]) if at < len(stored_T) else None
    if before is not None and after is None:
        return Span(before, last, before)
    return Span(first, last, before, after)


def _sought(store: Store, key: tuple[str, str, str], step: Frequency) -> np.ndarray:
    """Bars that were looked for at the exchange already."""
    gaps = store.gaps(*key).filter(pl.col("reason").is_in(REASONS))
    spans = gaps.select(pl.col("first", "last").dt.epoch("s")).rows()
    found = [stamps(first, last, step) for first, last in spans]
    return np.concatenate(found) if found else np.empty(0, np.int64)
