"""The last season of a level, by the place of each bar in it."""

from __future__ import annotations

__all__ = ["Season"]


class Season:
    """What was one season before.

    Seasons are counted in bars: a missing bar shifts them until a season later. Before a season
    has passed, what was before is not known, and the last level stands in.

    Parameters
    ----------
    period : int
        Bars in a season.
    """

    __slots__ = ("_count", "_level", "_period")

    def __init__(self, period: int) -> None:
        self._period = period
        self._count = 0  # bars so far
        self._level = [0.0] * period  # of the bar with each remainder of its number

    def expected(self, last: float) -> float:
        """Level one season before the bar that comes now; `last` where there is none."""
        return last if self._count < self._period else self._level[self._count % self._period]

    def step(self, level: float) -> None:
        """Take in the level of a bar."""
        self._level[self._count % self._period] = level
        self._count += 1

    def ahead(self, horizon: int, last: float) -> list[float]:
        """Levels one season before each bar ahead; beyond a season it repeats itself."""
        if self._count < self._period:
            return [last] * horizon
        place, rounds = self._count % self._period, -(-horizon // self._period)
        coming = self._level[place:] + self._level[:place]
        return (coming * rounds)[:horizon]

    def state(self) -> list[float]:
        """What must be kept to go on later."""
        return [float(self._count), *self._level]

    def restore(self, state: list[float]) -> None:
        """Go on from a kept state."""
        self._count, self._level = int(state[0]), list(state[1:])
