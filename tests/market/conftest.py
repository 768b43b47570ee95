"""Fetches from the scripted exchange into stores in empty folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foretell.market import Fetched, Order, fetched, whole
from foretell.sources import Patience
from foretell.store import Store
from scripted_exchange import START, ScriptedExchange

HASTY = Patience(first=0.001, timeout=0.1)


def fetch_from(exchange: ScriptedExchange, store: Store, *names: str, **more: Any) -> Fetched:
    """Fetch without waiting: where somebody has to wait, the exchange's time is set ahead."""
    order = Order(
        names or ["BTC/USDT"], base_url=exchange.url, clock=exchange.time.clock, patience=HASTY,
        rate_limit=False, **{"since": START} | more,
    )  # fmt: skip
    return whole(fetched(order, store))


def rows_in(store: Store, name: str = "BTC/USDT") -> dict[int, tuple[float, ...]]:
    """What the store holds, as the exchange tells its truth."""
    frame = store.read("binance", name, "1h")
    values = zip(*(frame[column] for column in frame.columns[2:]), strict=True)
    return dict(zip(frame["time"].dt.epoch("s"), values, strict=True))


@pytest.fixture
def fetch() -> Callable[..., Fetched]:
    return fetch_from


@pytest.fixture
def rows() -> Callable[..., dict[int, tuple[float, ...]]]:
    return rows_in


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")
