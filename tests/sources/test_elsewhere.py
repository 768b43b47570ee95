"""Other exchanges that list a pair."""

from __future__ import annotations

import ccxt
import pytest

from foretell.sources.elsewhere import BY_QUOTE, elsewhere


def test_an_exchange_is_not_its_own_alternative() -> None:
    assert "binance" not in elsewhere("BTC/USDT", "binance")
    assert elsewhere("BTC/USDT", "okx")[0] == "binance"
    assert "binance" in elsewhere("BTC/USDT:USDT", "kraken")


def test_nothing_is_made_up_for_other_currencies() -> None:
    assert elsewhere("BTC/XYZ", "binance") == ()
    assert elsewhere("nonsense", "binance") == ()


@pytest.mark.parametrize("name", sorted({name for names in BY_QUOTE.values() for name in names}))
def test_ccxt_gets_candles_from_all_of_them(name: str) -> None:
    assert getattr(ccxt, name)().has["fetchOHLCV"] is True
