"""Exponentially weighted means that need no first guess."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Average"]


@dataclass
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

    decay: float
    value: float = 0.0
    count: float = 0.0

    def step(self, observed: float) -> float:
        """Take in one value and return the mean after it."""
        self.count += 1.0
        gain = max(1.0 - self.decay, 1.0 / self.count)
        self.value += gain * (observed - self.value)
        return self.value

    def state(self) -> list[float]:
        """What must be kept to go on later."""
        return [self.value, self.count]

    def restore(self, state: list[float]) -> None:
        """Go on from a kept state."""
        self.value, self.count = state
