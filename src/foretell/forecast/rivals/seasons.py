"""How many bars a season has: what a series shows, else what its step suggests."""

from __future__ import annotations

from foretell.forecast.seasonality import seasons
from foretell.series import Frequency, Sequence

__all__ = ["SEASONS_NEEDED", "periods", "season", "shown_season"]

DAY, WEEK = 86_400, 604_800
SEASONS_NEEDED = 3


def periods(past: Sequence) -> tuple[float, ...]:
    """Periods that a series of values shows, in bars, the shortest first; prices show none."""
    return () if past.priced else seasons([past])


def shown_season(past: Sequence, longest: int | None = None) -> int:
    """Bars in the longest season that a series of values shows thrice; else what its step suggests.

    Parameters
    ----------
    past : Sequence
        Nothing later is looked at.
    longest : int, optional
        Bars that a season may have at most.
    """
    shown = [round(each) for each in periods(past)]
    most = min(len(past) // SEASONS_NEEDED, longest or len(past))
    fitting = [each for each in shown if each <= most]
    return max(fitting) if fitting else season(past.frequency)


def season(frequency: Frequency) -> int:
    """Bars in the season that a step suggests; 1 where it suggests none.

    A day (or a session) of bars shorter than a day, a week of daily bars (five where only working
    days have one), a year of weeks, months or quarters: 24 for hours, 7 for days, 52, 12 and 4.
    """
    if frequency.months:
        return 12 // frequency.months if 12 % frequency.months == 0 else 1
    if frequency.is_daily:
        return len(frequency.weekdays)
    if frequency.seconds == WEEK:
        return 52
    a_day = frequency.bars_in(DAY)
    return round(a_day) if a_day >= 1.0 and (frequency.opens or a_day.is_integer()) else 1
