"""The seam between bars and everything after them: one bar in, one reading out."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from foretell.series import Bar

__all__ = ["Reader", "Reading"]


class Reading(NamedTuple):
    """What is known once a bar has closed.

    Attributes
    ----------
    inputs : list of float, length F
        Inputs of the network, before they are standardised.
    level : float
        The bar in target space: the log of its close for candles; else its value, or the log of it.
    volatility : list of float, length J
        Logarithms of recent volatility at several memories; an anchor weighs them.
    path : list of float, length M H
        Levels that M plain forecasts expect 1 to H bars ahead, one after the other.
    term : list of float, length S
        Differences of levels that tell where the level may be drawn to.
    """

    inputs: list[float]
    level: float
    volatility: list[float]
    path: list[float]
    term: list[float]


class Reader(Protocol):
    """A left-to-right recursion over bars with a small explicit state.

    A reading depends on the bars up to and including its own, never on a later one.
    """

    input_names: tuple[str, ...]
    volatility_names: tuple[str, ...]
    path_names: tuple[str, ...]
    term_names: tuple[str, ...]

    def step(self, time: int, bar: Bar) -> Reading:
        """Take in one bar: its open time in seconds since 1970, and its values."""
        ...

    def state(self) -> list[float]:
        """All that must be kept to go on later, as numbers."""
        ...

    def restore(self, state: list[float]) -> None:
        """Go on from a kept state."""
        ...
