"""What is wanted: each symbol once, from the right time on."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from foretell.errors import UsageError
from foretell.market import Order
from foretell.market.order import BEGINNING
from foretell.sources import Span
from foretell.store import Store

START, HOUR = 1_704_067_200, 3_600


class Clocked:
    """As much of an exchange as a plan needs."""

    def now(self) -> float:
        return START + 10.5 * HOUR

    def page_size(self, symbol: str) -> int:
        return 4


def test_symbols_are_taken_once_in_their_order() -> None:
    assert Order(["B/C", "A/C", "B/C"]).checked().symbols == ("B/C", "A/C")
    assert Order("A/C").checked().symbols == ("A/C",)


@pytest.mark.parametrize(
    "order", [Order([]), Order(["A/C"], since=9, until=9), Order(["A/C"], timeframe="1x")]
)
def test_what_cannot_be_meant_is_refused(order: Order) -> None:
    with pytest.raises(UsageError):
        order.checked()


def test_it_begins_as_said_or_with_what_is_stored_or_at_the_beginning(store: Store) -> None:
    def spans(order: Order) -> tuple[Span, ...]:
        return order.checked().plans(store, Clocked())[0].spans  # type: ignore[arg-type]

    assert spans(Order(["A/C"])) == (Span(BEGINNING, START + 9 * HOUR),)
    said = Order(["A/C"], since="2024-01-01 02:00", until="2024-01-01 05:00")
    assert spans(said) == (Span(START + 2 * HOUR, START + 4 * HOUR),)
    time = pl.Series("time", [(START + 3 * HOUR) * 10**6]).cast(pl.Datetime("us", "UTC"))
    frame = pl.DataFrame([pl.Series("series", ["A/C"]), time])
    store.write(
        frame.with_columns(open=2.0, high=3.0, low=1.0, close=2.0, volume=1.0), "binance", "1h"
    )
    first = START + 3 * HOUR
    assert spans(Order(["A/C"])) == (Span(first, START + 9 * HOUR, first),)


def test_the_store_is_not_touched_by_a_plan(tmp_path: Path) -> None:
    Order(["A/C"]).checked().plans(Store(tmp_path / "none"), Clocked())  # type: ignore[arg-type]
    assert not (tmp_path / "none").exists()
