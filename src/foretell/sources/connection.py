"""ccxt: the one file that imports it."""

from __future__ import annotations

import asyncio
import difflib
from typing import Any
from urllib.parse import urlsplit

from foretell.errors import UsageError
from foretell.sources.answers import Blocked, Garbled, Told, Unavailable, judge
from foretell.sources.gate import Gate

__all__ = ["connect", "is_hopeless", "is_passing", "is_unknown"]


def connect(
    name: str, gate: Gate, *, base_url: str | None, timeout: float, rate_limit: bool
) -> Any:
    """An exchange of ccxt whose every request passes a gate and whose answers are judged.

    Parameters
    ----------
    name : str
        As ccxt has it, such as ``"binance"``.
    gate : Gate
    base_url : str or None
        Scheme and host to ask instead of the exchange's own; paths stay.
    timeout : float
        Seconds that an answer may take.
    rate_limit : bool
        Whether to keep to the exchange's limit.

    Raises
    ------
    UsageError
        ccxt has no such exchange, or it gives no candles.
    """
    from ccxt import async_support

    if name not in async_support.exchanges:
        near = difflib.get_close_matches(name.lower(), async_support.exchanges, cutoff=0.6)
        hint = f"; nearest: {', '.join(near)}" if near else ""
        message = f"no exchange {name!r}{hint}; name one that ccxt has, such as binance or kraken"
        raise UsageError(message)
    exchange = _gated(getattr(async_support, name), gate)(
        {"enableRateLimit": rate_limit, "timeout": int(timeout * 1_000), "aiohttp_trust_env": True}
    )
    if exchange.has["fetchOHLCV"] is not True:
        message = f"{name} gives no candles through ccxt; take another exchange"
        raise UsageError(message)
    if base_url is not None:
        _redirect(exchange, base_url)
    return exchange


def _gated(kind: Any, gate: Gate) -> Any:
    class Gated(kind):  # type: ignore[misc]
        """An exchange behind a gate."""

        async def fetch(self, *args: Any, **kwargs: Any) -> Any:
            """Ask; ccxt has waited for its rate limit already."""
            await gate.passed()
            try:
                return await super().fetch(*args, **kwargs)
            except Told as told:  # heard here, so that no other request slips through
                gate.shut(told.wait or 0.0)
                raise

        def on_rest_response(
            self, code: int, reason: str, url: str, method: str, headers: Any, body: str, *sent: Any
        ) -> Any:
            """Judge an answer before ccxt does."""
            judge(code, headers, body)
            return super().on_rest_response(code, reason, url, method, headers, body, *sent)

        def parse_json(self, text: str) -> Any:
            """Read JSON; ccxt would make None of what is cut short."""
            found = super().parse_json(text)
            if found is None:
                raise Garbled(text[-60:])
            return found

        def parse_ohlcvs(self, rows: list[Any], market: Any = None, *_: Any, **__: Any) -> Any:
            """All rows as they came; ccxt would drop old ones, so that a stale page looks empty."""
            return [self.parse_ohlcv(row, market) for row in rows]

    return Gated


def _redirect(exchange: Any, base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        message = f"{base_url!r} is not a base URL; write it like https://data-api.binance.vision"
        raise UsageError(message)
    exchange.urls["api"] = _redirected(exchange.urls["api"], base_url.rstrip("/"))
    exchange.hostname = parts.netloc
    if parts.scheme == "http":
        exchange.timeout_on_exit = 0  # ms that connections with TLS need to close


def _redirected(urls: Any, base_url: str) -> Any:
    if isinstance(urls, dict):
        return {name: _redirected(url, base_url) for name, url in urls.items()}
    return base_url + urlsplit(urls).path if isinstance(urls, str) else urls


def is_passing(error: BaseException) -> bool:
    """Whether the same request may succeed later."""
    import aiohttp
    from ccxt.base import errors

    if isinstance(error, Told | Unavailable | Garbled):
        return True
    return isinstance(error, errors.OperationFailed) or isinstance(
        error.__cause__, aiohttp.ClientError | asyncio.TimeoutError
    )


def is_hopeless(error: BaseException) -> bool:
    """Whether the exchange refuses whoever asks: a country, a key."""
    from ccxt.base import errors

    return isinstance(error, Blocked | errors.AuthenticationError | errors.RestrictedLocation)


def is_unknown(error: BaseException) -> bool:
    """Whether the exchange does not know the symbol."""
    from ccxt.base import errors

    return isinstance(error, errors.BadSymbol)
