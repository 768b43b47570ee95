"""Plain forecasts that a centre may be drawn towards: the seam, and how a model file keeps them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

__all__ = ["Path", "Recursion"]


class Recursion(Protocol):
    """A plain forecast under way: left to right, with a small explicit state.

    Until it knows enough it repeats the last level: then it draws nothing anywhere.
    """

    def expected(self, last: float) -> float:
        """Level that the coming bar is expected to have; `last` is that of the bar before."""
        ...

    def step(self, level: float, bars: int) -> None:
        """Take in the level of the next bar, which comes `bars` bars after the last one."""
        ...

    def ahead(self, horizon: int, last: float) -> list[float]:
        """Levels of the bars 1 to `horizon` ahead."""
        ...

    def state(self) -> list[float]:
        """What must be kept to go on later; its length never changes."""
        ...

    def restore(self, state: list[float]) -> None:
        """Go on from a kept state."""
        ...


@dataclass(frozen=True)
class Path(ABC):
    """A plain forecast by its parameters: a frozen dataclass of plain numbers.

    Attributes
    ----------
    kind : str
        Which one, in a model file.
    shown : bool
        Whether the network sees all bars that it goes through, not the first one alone.
    linear : bool
        Whether the path of a sum of two sequences is the sum of their paths.
    """

    kind: ClassVar[str]
    shown: ClassVar[bool] = False
    linear: ClassVar[bool] = True

    @property
    @abstractmethod
    def name(self) -> str:
        """In names of inputs."""

    @property
    @abstractmethod
    def told(self) -> str:
        """In a report."""

    @property
    @abstractmethod
    def settling(self) -> int:
        """Bars before it says anything."""

    @abstractmethod
    def start(self) -> Recursion:
        """Make the recursion at its start."""
