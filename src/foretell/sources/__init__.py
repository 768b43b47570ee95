"""Exchanges: candles a page at a time, through ccxt, whatever the answers look like."""

from foretell.sources.candles import Cleaned, cleaned
from foretell.sources.clock import Clock
from foretell.sources.exchange import Exchange
from foretell.sources.paging import EARLIER, REASONS, UNUSABLE, WITHIN, Hole, Page, Span, pages
from foretell.sources.retrying import Patience

__all__ = [
    "EARLIER",
    "REASONS",
    "UNUSABLE",
    "WITHIN",
    "Cleaned",
    "Clock",
    "Exchange",
    "Hole",
    "Page",
    "Patience",
    "Span",
    "cleaned",
    "pages",
]
