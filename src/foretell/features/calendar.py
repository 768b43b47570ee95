"""Where in the day, week and year a bar opens, as points on circles."""

from __future__ import annotations

from math import cos, pi, sin

from foretell.series import Frequency

__all__ = ["Calendar"]

DAY, WEEK, YEAR = 86_400, 604_800, 31_556_952
# 1970-01-01 was a Thursday: three days after the start of its week.
CIRCLES = {"day": (DAY, 0), "week": (WEEK, 3 * DAY), "year": (YEAR, 0)}


class Calendar:
    """Sine and cosine of the cycles that are at least two bars long.

    Parameters
    ----------
    frequency : Frequency
    year : bool
        Whether the season of the year counts. Prices have too few years to learn it from.
    """

    def __init__(self, frequency: Frequency, *, year: bool) -> None:
        wanted = ("day", "week", "year") if year else ("day", "week")
        self._circles = [
            CIRCLES[name] for name in wanted if CIRCLES[name][0] >= 2 * frequency.seconds
        ]
        self.names = tuple(
            f"{name}_{wave}"
            for name in wanted
            if CIRCLES[name][0] >= 2 * frequency.seconds
            for wave in ("sin", "cos")
        )

    def at(self, time: int) -> list[float]:
        """Values for a stamp in seconds since 1970, in the order of `names`."""
        values: list[float] = []
        for period, shift in self._circles:
            angle = 2.0 * pi * ((time + shift) % period) / period
            values += (sin(angle), cos(angle))
        return values
