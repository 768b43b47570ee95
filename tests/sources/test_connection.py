"""ccxt's exchanges behind a gate, with their URLs pointed elsewhere."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from foretell.errors import UsageError
from foretell.sources import Clock
from foretell.sources.answers import Garbled
from foretell.sources.connection import connect
from foretell.sources.gate import Gate


def connected(name: str = "binance", base_url: str | None = None) -> Any:
    return connect(name, Gate(Clock()), base_url=base_url, timeout=5.0, rate_limit=True)


@pytest.mark.parametrize("name", ["binance", "kraken", "okx", "coinbase"])
def test_every_url_is_pointed_to_the_base_url(name: str) -> None:
    plain, mirrored = connected(name), connected(name, "http://127.0.0.1:9/")

    def urls(found: Any) -> list[str]:
        return (
            [u for each in found.values() for u in urls(each)]
            if isinstance(found, dict)
            else [found]
        )

    before, after = urls(plain.urls["api"]), urls(mirrored.urls["api"])
    assert len(before) == len(after)
    assert all(url.startswith("http://127.0.0.1:9") for url in after)
    mirrored_url = mirrored.sign("klines", "public")["url"] if name == "binance" else after[0]
    assert mirrored_url.startswith("http://127.0.0.1:9")
    if name == "binance":
        assert mirrored_url == "http://127.0.0.1:9/api/v3/klines"


@pytest.mark.parametrize("url", ["127.0.0.1:9", "ftp://host", "https://"])
def test_what_is_no_base_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not a base URL"):
        connected(base_url=url)


def test_unknown_exchanges_are_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no exchange 'Krakn'; nearest: kraken"):
        connected("Krakn")


def test_json_that_is_cut_is_no_answer() -> None:
    exchange = connected()
    assert exchange.parse_json("[1, 2]") == ["1", "2"] or exchange.parse_json("[1, 2]") == [1, 2]
    with pytest.raises(Garbled, match="1, 2"):
        exchange.parse_json("[1, 2")


def test_its_limit_is_that_of_ccxt() -> None:
    exchange = connected()
    assert exchange.enableRateLimit
    assert exchange.timeout == 5_000
    asyncio.run(exchange.close())
