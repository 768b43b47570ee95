"""How many bars a season has, by the step between bars."""

from __future__ import annotations

from foretell.series import Frequency

__all__ = ["season"]

DAY, WEEK = 86_400, 604_800


def season(frequency: Frequency) -> int:
    """Bars in the season that a step suggests; 1 where it suggests none.

    A day of bars shorter than a day, a week of daily bars (five where only working days have
    one), a year of weeks, months or quarters: 24 for hours, 7 for days, 52, 12 and 4.
    """
    if frequency.months:
        return 12 // frequency.months if 12 % frequency.months == 0 else 1
    if frequency.is_daily:
        return len(frequency.weekdays)
    if frequency.seconds == WEEK:
        return 52
    return DAY // frequency.seconds if DAY % frequency.seconds == 0 else 1
