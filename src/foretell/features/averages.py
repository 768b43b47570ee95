"""Exponentially weighted means that need no first guess."""

from __future__ import annotations

__all__ = ["Average"]


class Average:
    """Mean with weights that decay by `decay` a step.

    The first steps weigh all values alike, until there are ``1 / (1 - decay)`` of them. So the
    start is an ordinary mean of the past rather than a guess, and nothing is taken from later
    bars.

    Parameters
    ----------
    decay : float
        Weight of the mean so far, between 0 and 1.
    """

    __slots__ = ("_least", "count", "value")

    def __init__(self, decay: float) -> None:
        self._least = 1.0 - decay
        self.value = 0.0
        self.count = 0.0

    def step(self, observed: float) -> float:
        """Take in one value and return the mean after it."""
        self.count += 1.0
        self.value += max(self._least, 1.0 / self.count) * (observed - self.value)
        return self.value

    def state(self) -> list[float]:
        """What must be kept to go on later."""
        return [self.value, self.count]

    def restore(self, state: list[float]) -> None:
        """Go on from a kept state."""
        self.value, self.count = state
