"""What somebody wants to have fetched, and from where."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from foretell.errors import UsageError
from foretell.market.planning import last_closed, planned
from foretell.market.results import Plan
from foretell.series import frequency, instant
from foretell.sources import Clock, Exchange, Patience
from foretell.store import Store

__all__ = ["Order"]

BEGINNING = int(datetime(2010, 1, 1, tzinfo=UTC).timestamp())  # no exchange of ccxt is older


@dataclass(frozen=True)
class Order:
    """Symbols, their exchange, and a span.

    Attributes
    ----------
    symbols : iterable of str
    exchange, timeframe : str
    since, until : time, optional
    base_url : str, optional
    refresh : bool
    clock, patience, rate_limit
        As `foretell.sources.Exchange` takes them, for tests and exchanges of one's own.
    """

    symbols: Iterable[str]
    exchange: str = "binance"
    timeframe: str = "1h"
    since: Any = None
    until: Any = None
    base_url: str | None = None
    refresh: bool = False
    clock: Clock = field(default_factory=Clock)
    patience: Patience = field(default_factory=Patience)
    rate_limit: bool = True

    def checked(self) -> Order:
        """The same with each symbol once.

        Raises
        ------
        UsageError
            There is none, a time cannot be read, or the span is empty.
        """
        names = [self.symbols] if isinstance(self.symbols, str) else list(self.symbols)
        if not names:
            message = "no symbol to fetch; name one, such as BTC/USDT"
            raise UsageError(message)
        frequency(self.timeframe)
        if None not in (self.since, self.until) and instant(self.since) >= instant(self.until):
            message = f"nothing lies between {self.since} and {self.until}; give an earlier start"
            raise UsageError(message)
        return replace(self, symbols=tuple(dict.fromkeys(names)))

    def opened(self, tell: Callable[[str], None]) -> Exchange:
        """The exchange, to be entered."""
        return Exchange(
            self.exchange, self.symbols, self.timeframe, base_url=self.base_url,
            clock=self.clock, patience=self.patience, rate_limit=self.rate_limit, tell=tell,
        )  # fmt: skip

    def plans(self, store: Store, exchange: Exchange) -> list[Plan]:
        """What is missing of each symbol, by the exchange's clock."""
        last = last_closed(exchange.now(), frequency(self.timeframe))
        if self.until is not None:
            last = min(last, instant(self.until) - 1)
        return [
            planned(
                store, (self.exchange, symbol, self.timeframe), (self._first(store, symbol), last),
                exchange.page_size(symbol), refresh=self.refresh,
            )
            for symbol in self.symbols
        ]  # fmt: skip

    def _first(self, store: Store, symbol: str) -> int:
        """From when on: as said, else from the first candle stored, else from the beginning."""
        if self.since is not None:
            return instant(self.since)
        times = store.times(self.exchange, symbol, self.timeframe)
        return int(times[0]) if len(times) else BEGINNING
