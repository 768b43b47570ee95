"""Exponential smoothing of level and trend, the trend damped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from foretell.features.paths import Path, Recursion

__all__ = ["DampedTrend"]


@dataclass(frozen=True)
class DampedTrend(Path):
    """Holt's method with a damped trend (Gardner and McKenzie, Management Science 31, 1985).

    Attributes
    ----------
    alpha, beta : float
        How fast level and trend follow, between 0 and 1.
    phi : float
        What is left of the trend after a bar.
    """

    kind: ClassVar[str] = "trend"
    alpha: float
    beta: float
    phi: float

    @property
    def name(self) -> str:
        """See `Path.name`."""
        return "trend"

    @property
    def told(self) -> str:
        """See `Path.told`."""
        return f"damped trend (alpha {self.alpha:g}, beta {self.beta:g}, phi {self.phi:g})"

    @property
    def settling(self) -> int:
        """See `Path.settling`."""
        return 0

    def start(self) -> Recursion:
        """See `Path.start`."""
        return _Holt(self)


class _Holt:
    """Level and trend after the last bar."""

    __slots__ = ("_begun", "_level", "_of", "_trend")

    def __init__(self, of: DampedTrend) -> None:
        self._of = of
        self._begun, self._level, self._trend = False, 0.0, 0.0

    def expected(self, last: float) -> float:
        return self._level + self._of.phi * self._trend if self._begun else last

    def step(self, level: float, bars: int) -> None:
        del bars  # what happened while bars were missing is not known
        expected = self.expected(level)
        before = self._level if self._begun else level
        # Gardner and McKenzie, equations 1 and 2.
        self._level = expected + self._of.alpha * (level - expected)
        left = self._of.phi * self._trend
        self._trend = left + self._of.beta * (self._level - before - left)
        self._begun = True

    def ahead(self, horizon: int, last: float) -> list[float]:
        del last
        coming, level, trend = [], self._level, self._trend
        for _ in range(horizon):
            trend *= self._of.phi
            level += trend
            coming.append(level)
        return coming

    def state(self) -> list[float]:
        return [float(self._begun), self._level, self._trend]

    def restore(self, state: list[float]) -> None:
        self._begun, self._level, self._trend = bool(state[0]), state[1], state[2]
