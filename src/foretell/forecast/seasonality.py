"""Which seasons a level sequence may have, in bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence as Rows

import numpy as np

from foretell.features import Climatology, Mixture, Path, Season
from foretell.forecast.detection import detected_periods
from foretell.series import Sequence

__all__ = ["paths_of", "seasons"]

CALENDAR = (86_400, 604_800, 31_556_952)  # day, week and year, in seconds
LONGEST_RING = 2_000  # bars of a season that are kept one by one
MOST_SERIES = 20  # looked at for seasons
MOST_BARS = 20_000  # the last ones of each
SHARE = 0.3  # of the series looked at that have to show a period
LONG_ENOUGH = 0.8  # of all series have to be, for a season
SEASONS_NEEDED = 2.0


def seasons(spans: Rows[Sequence], given: Rows[float] | None = None) -> tuple[float, ...]:
    """Periods worth trying, in bars, the shortest first.

    Parameters
    ----------
    spans : list of Sequence
        Training spans.
    given : list of float, optional
        Periods to use instead of those that the spans show.
    """
    wanted = _shown(spans) if given is None else given
    bars = np.quantile([len(span) for span in spans], 1.0 - LONG_ENOUGH, method="lower")
    return tuple(
        float(period)
        for period in sorted(set(wanted))
        if period >= 2.0 and bars >= SEASONS_NEEDED * period
    )


def paths_of(periods: tuple[float, ...], horizon: int) -> tuple[Path, ...]:
    """Plain forecasts with some periods: each season repeated, their climatology, a mixture."""
    whole = tuple(sorted({round(each) for each in periods if round(each) <= LONGEST_RING}))
    rings = tuple(Season(period) for period in whole)
    smooth = (Climatology(periods),) if periods else ()
    return (*rings, *smooth, Mixture(horizon, whole))


def _shown(spans: Rows[Sequence]) -> list[float]:
    """Periods that many of the longest series show."""
    some = sorted(spans, key=len, reverse=True)[:MOST_SERIES]
    votes = Counter(period for span in some for period in _of_one(span))
    return [period for period, count in votes.items() if count >= SHARE * len(some)]


def _of_one(span: Sequence) -> set[float]:
    """Periods of one series; one that cannot be told from one of the calendar is that."""
    recent = span.tail(MOST_BARS)
    clock = [span.frequency.bars_in(seconds) for seconds in CALENDAR]
    found = set()
    for period in detected_periods(recent.target_T):
        near = min(clock, key=lambda each: abs(each - period))
        resolution = 0.5 * period * period / len(recent)
        found.add(near if abs(near - period) <= max(resolution, 0.01 * period) else period)
    return found
