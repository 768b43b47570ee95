"""Seasonal naive: what was one season before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from foretell.features.paths import Path, Recursion

__all__ = ["Season"]


@dataclass(frozen=True)
class Season(Path):
    """The last season, repeated.

    Attributes
    ----------
    period : int
        Bars in a season.
    """

    kind: ClassVar[str] = "season"
    period: int

    @property
    def name(self) -> str:
        """See `Path.name`."""
        return f"season_{self.period}"

    @property
    def told(self) -> str:
        """See `Path.told`."""
        return f"value {self.period} bars before"

    @property
    def settling(self) -> int:
        """See `Path.settling`."""
        return self.period

    def start(self) -> Recursion:
        """See `Path.start`."""
        return _Ring(self.period)


class _Ring:
    """Levels by their place in the season; a missing bar leaves what was there before."""

    __slots__ = ("_count", "_level", "_period")

    def __init__(self, period: int) -> None:
        self._period = period
        self._count = 0  # bars up to the last one, missing ones included
        self._level = [0.0] * period

    def expected(self, last: float) -> float:
        return last if self._count < self._period else self._level[self._count % self._period]

    def step(self, level: float, bars: int) -> None:
        if self._count < self._period:  # what is missing in the first season is as it was last
            for place in range(self._count, min(self._count + bars, self._period)):
                self._level[place] = level
        self._count += bars
        self._level[(self._count - 1) % self._period] = level

    def ahead(self, horizon: int, last: float) -> list[float]:
        if self._count < self._period:
            return [last] * horizon
        place = self._count % self._period
        coming = self._level[place : place + horizon]
        while len(coming) < horizon:
            coming += self._level[: horizon - len(coming)]
        return coming

    def state(self) -> list[float]:
        return [float(self._count), *self._level]

    def restore(self, state: list[float]) -> None:
        self._count, self._level = int(state[0]), list(state[1:])
