"""Where else a pair may be had, for whoever is refused; known beforehand, as none can be asked."""

from __future__ import annotations

__all__ = ["elsewhere"]

# Large exchanges that give candles without a key, by the currency that prices are in. From the
# exchanges' own lists of markets; a pair of little-known coins may be missing at some.
BY_QUOTE = {
    "USDT": ("binance", "okx", "bybit", "kucoin", "gate", "bitget", "kraken"),
    "USDC": ("binance", "okx", "bybit", "kucoin", "kraken"),
    "USD": ("coinbase", "kraken", "bitstamp", "bitfinex", "gemini", "binanceus"),
    "EUR": ("kraken", "bitvavo", "bitstamp", "coinbase", "binance"),
    "GBP": ("kraken", "coinbase", "bitstamp"),
    "BTC": ("binance", "kucoin", "kraken", "gate", "okx"),
    "KRW": ("upbit", "bithumb"),
    "JPY": ("bitbank",),
}
SHOWN = 3


def elsewhere(symbol: str, exchange: str) -> tuple[str, ...]:
    """Other exchanges that list pairs in the same currency."""
    quote = symbol.partition(":")[0].rpartition("/")[2]
    others = (name for name in BY_QUOTE.get(quote, ()) if not exchange.startswith(name))
    return tuple(others)[:SHOWN]
