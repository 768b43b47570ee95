"""Which seasons a level sequence may have, in bars."""

from __future__ import annotations

from collections.abc import Sequence as Rows

import numpy as np

from foretell.series import Sequence

__all__ = ["SEASONS_NEEDED", "seasons"]

CALENDAR = {"day": 86_400, "week": 604_800, "year": 31_556_952}
LONGEST_SEASON = 400  # bars; a state has to hold them
SEASONS_NEEDED = 3
SHARE = 0.8  # of the series that have to be long enough for a season


def seasons(spans: Rows[Sequence], given: Rows[float] | None) -> tuple[int, ...]:
    """Seasons worth trying.

    Parameters
    ----------
    spans : list of Sequence
        Training spans.
    given : list of float, optional
        Periods in bars to use instead of those of the clock.
    """
    step = spans[0].frequency.seconds
    wanted = given if given is not None else [each / step for each in CALENDAR.values()]
    whole = sorted({round(period) for period in wanted if round(period) >= 2})
    bars = np.quantile([len(span) for span in spans], 1.0 - SHARE, method="lower")
    return tuple(
        period for period in whole if period <= LONGEST_SEASON and bars >= SEASONS_NEEDED * period
    )
