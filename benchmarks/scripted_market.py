"""Markets of the scripted exchange: what is true of them, and how Binance writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

__all__ = ["START", "STEPS", "Market", "listed", "wire"]

STEPS = {"1m": 60, "1h": 3_600, "1d": 86_400}
START = 1_704_067_200  # 2024-01-01


@dataclass
class Market:
    """What is traded: bars by their number from the start on.

    Attributes
    ----------
    name : str
        Such as ``"BTC/USDT"``.
    listed, ended : int
        First bar, and the one at which trading ends for good.
    outages : list of (int, int)
        First and last bar of a time without any.
    revised : set of int
        Bars whose closes are not those of before any more.
    delisted_after : int or None
        Answers after which the symbol is unknown.
    """

    name: str
    listed: int = 0
    ended: int = 10**9
    outages: list[tuple[int, int]] = field(default_factory=list)
    revised: set[int] = field(default_factory=set)
    delisted_after: int | None = None

    @property
    def symbol(self) -> str:
        """As Binance writes it."""
        return self.name.replace("/", "")

    def has(self, bar: int) -> bool:
        """Whether the bar was traded in."""
        out = any(first <= bar <= last for first, last in self.outages)
        return self.listed <= bar < self.ended and not out

    def prices(self, bar: int) -> tuple[float, ...]:
        """Open, high, low, close and volume, which follow from the number."""
        opened = 100.0 + bar % 97 + len(self.name)
        close = 100.0 + (bar + 1) % 97 + len(self.name) + (0.5 if bar in self.revised else 0.0)
        return opened, max(opened, close) + 1.25, min(opened, close) - 0.75, close, 1.0 + bar % 13


def wire(opened: int, step: int, prices: tuple[float, ...]) -> str:
    """A candle as a row of klines."""
    quoted = [f"{price:.8f}" for price in prices]
    row = [opened * 1_000, *quoted, (opened + step) * 1_000 - 1, "1.0", 7, "0.5", "0.5", "0"]
    return json.dumps(row)


def listed(market: Market) -> dict[str, Any]:
    """A market as an entry of exchangeInfo."""
    base, quote = market.name.split("/")
    return {
        "symbol": market.symbol, "status": "TRADING", "baseAsset": base, "quoteAsset": quote,
        "baseAssetPrecision": 8, "quotePrecision": 8, "quoteAssetPrecision": 8,
        "isSpotTradingAllowed": True, "isMarginTradingAllowed": False, "orderTypes": ["LIMIT"],
        "filters": [], "permissions": ["SPOT"],
    }  # fmt: skip
