"""An exchange as fetching sees it: its clock, its symbols, and a page of candles at a time."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar

from foretell.errors import ExchangeError, ExchangeRefused, UnknownSymbol, UsageError
from foretell.sources.answers import told_now
from foretell.sources.clock import Clock
from foretell.sources.connection import connect, is_hopeless, is_unknown
from foretell.sources.elsewhere import elsewhere
from foretell.sources.gate import Gate
from foretell.sources.retrying import Patience, patiently

__all__ = ["Exchange"]

T = TypeVar("T")
USUAL_PAGE = 500  # candles, where ccxt does not know what an answer holds at most
NO_CLOCK_MARGIN = 60.0  # seconds that a computer's clock is trusted to, where there is no other


def _silent(_message: str) -> None:
    """Tell nobody."""


class Exchange:
    """One of ccxt's exchanges, to be used in ``async with``.

    Parameters
    ----------
    name : str
        As ccxt has it.
    symbols : iterable of str
        What will be asked for.
    timeframe : str
    base_url : str, optional
        Scheme and host of a mirror, a test network or a proxy, asked in the exchange's place.
    clock : Clock, optional
    patience : Patience, optional
    rate_limit : bool, optional
        False asks as fast as answers come; for an exchange of one's own.
    tell : callable, optional
        Called with a sentence where something takes time.

    Raises
    ------
    ExchangeError
        It refuses, or does not answer.
    UnknownSymbol
        It does not list one of the symbols.
    UsageError
        There is no such exchange or timeframe.
    """

    def __init__(
        self,
        name: str,
        symbols: Iterable[str],
        timeframe: str,
        *,
        base_url: str | None = None,
        clock: Clock | None = None,
        patience: Patience | None = None,
        rate_limit: bool = True,
        tell: Callable[[str], None] = _silent,
    ) -> None:
        self.name, self.symbols, self.timeframe = name, tuple(symbols), timeframe
        self.requests = 0
        self._base_url, self._rate_limit, self._tell = base_url, rate_limit, tell
        self._clock, self._patience = clock or Clock(), patience or Patience()
        self._offset = 0.0
        self._behind: float | None = None  # seconds, of an exchange without a clock

    async def __aenter__(self) -> Self:
        self._ccxt = connect(
            self.name, Gate(self._clock), base_url=self._base_url,
            timeout=self._patience.timeout, rate_limit=self._rate_limit,
        )  # fmt: skip
        try:
            await self._prepare()
        except BaseException:
            await self._ccxt.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._ccxt.close()

    async def _prepare(self) -> None:
        known = list(self._ccxt.timeframes or ())
        if self.timeframe not in known:
            message = f"{self.name} has no timeframe {self.timeframe!r}; it has {', '.join(known)}"
            raise UsageError(message)
        if not any(":" in symbol for symbol in self.symbols):
            _spot_only(self._ccxt)
        await self._ask(self._ccxt.load_markets)
        for symbol in self.symbols:
            if symbol not in self._ccxt.markets:
                raise self._unknown(symbol)
        await self.synchronise()

    async def synchronise(self) -> None:
        """Take over the exchange's clock; never ahead of it, as its answer was under way."""
        if not self._ccxt.has["fetchTime"]:
            here = self._ccxt.milliseconds() / 1_000
            if self._behind is None:  # the last answer was its list of symbols, a moment ago
                told = told_now(self._ccxt.last_response_headers or {})
                self._behind = max(NO_CLOCK_MARGIN, here - (here if told is None else told))
            self._offset = here - self._behind - self._clock.now()
            return
        milliseconds = await self._ask(self._ccxt.fetch_time)
        self._offset = milliseconds / 1_000 - self._clock.now()

    def now(self) -> float:
        """The exchange's own time in seconds since 1970, or a little less."""
        return self._clock.now() + self._offset

    def has(self, timeframe: str) -> bool:
        """Whether it gives candles of a timeframe."""
        return timeframe in self._ccxt.timeframes

    def page_size(self, symbol: str) -> int:
        """Candles that an answer holds at most."""
        found = self._ccxt.feature_value(symbol, "fetchOHLCV", "limit")
        return int(found) if found else USUAL_PAGE

    @property
    def seconds_per_request(self) -> float:
        """By the exchange's limit, about."""
        return float(self._ccxt.rateLimit) / 1_000 if self._rate_limit else 0.0

    async def page(
        self, symbol: str, first: int, limit: int, timeframe: str | None = None
    ) -> list[list[Any]]:
        """Rows of the candles from a time on, as the exchange gives them.

        Raises
        ------
        UnknownSymbol
            It does not list the symbol any more.
        """
        self.requests += 1
        return await self._ask(
            lambda: self._ccxt.fetch_ohlcv(
                symbol, timeframe or self.timeframe, since=first * 1_000, limit=limit
            ),
            symbol,
        )

    async def _ask(self, action: Callable[[], Awaitable[T]], symbol: str | None = None) -> T:
        try:
            return await patiently(action, self._patience, self._tell)
        except Exception as error:
            if symbol is not None and is_unknown(error):
                raise self._unknown(symbol) from error
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> ExchangeError:
        cause = " ".join(str(error).split())[:200] or type(error).__name__
        if is_hopeless(error):
            return ExchangeRefused(
                f"{self.name} refuses to serve this address or key ({cause}); another exchange may "
                f"not{self._others(self.symbols[0])}, or give a mirror with --base-url"
            )
        return ExchangeError(
            f"{self.name} does not answer as it should ({cause}); what was fetched is stored, run "
            f"the same command again later"
        )

    def _unknown(self, symbol: str) -> UnknownSymbol:
        near = difflib.get_close_matches(symbol.upper(), self._ccxt.markets or (), cutoff=0.6)
        hint = f"; nearest there: {', '.join(near)}" if near else ""
        return UnknownSymbol(
            f"{self.name} does not list {symbol!r}{hint}; write it like BTC/USDT, or take another "
            f"exchange{self._others(symbol)}"
        )

    def _others(self, symbol: str) -> str:
        others = elsewhere(symbol, self.name)
        if not others:
            return ""
        quote = symbol.partition(":")[0].rpartition("/")[2]
        return f" ({', '.join(others)} have pairs in {quote}: --exchange {others[0]})"


def _spot_only(exchange: Any) -> None:
    """Load no lists of derivatives where ccxt has them apart."""
    option = exchange.options.get("fetchMarkets")
    if isinstance(option, dict) and "spot" in (option.get("types") or ()):
        exchange.options["fetchMarkets"] = option | {"types": ["spot"]}
