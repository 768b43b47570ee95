"""What is to be fetched, and what has been."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from foretell.sources import Hole, Span

__all__ = ["Fetched", "FetchedSymbol", "Plan", "Report", "Tell", "silent", "unheard"]

Report = Callable[[str, int, int], None]  # what is done, how many are, how many there are in all
Tell = Callable[[str], None]  # a sentence for whoever waits


def silent(_title: str, _done: int, _planned: int) -> None:
    """Tell nobody."""


def unheard(_message: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Plan:
    """What is missing of one symbol.

    Attributes
    ----------
    symbol : str
    spans : tuple of Span
        In order of time; empty where all is there.
    bars : int
        That they can hold at most.
    requests : int
        That fetching them takes, where every page is full.
    """

    symbol: str
    spans: tuple[Span, ...]
    bars: int
    requests: int


@dataclass
class FetchedSymbol:
    """What became of one symbol.

    Attributes
    ----------
    symbol : str
    candles : int
        That came and could be used.
    holes : list of Hole
        Bars that the exchange does not have; the store has them as gaps.
    ended : bool
        Whether the exchange had no candles any more although bars have closed since.
    last : int or None
        Open time of the last candle there is, in seconds since 1970.
    delisted : bool
        Whether the exchange has it on its list, but refused to give its candles (any more).
    """

    symbol: str
    candles: int = 0
    holes: list[Hole] = field(default_factory=list)
    ended: bool = False
    last: int | None = None
    delisted: bool = False


@dataclass(frozen=True)
class Fetched:
    """What `foretell.fetch` did.

    Attributes
    ----------
    new, revised, unchanged : int
        Candles that were not in the store, that differ from those in it, and that do not.
    requests : int
        Pages asked for, without repetitions of the same.
    symbols : list of FetchedSymbol
    """

    new: int
    revised: int
    unchanged: int
    requests: int
    symbols: list[FetchedSymbol]
