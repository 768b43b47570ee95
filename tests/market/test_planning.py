"""What is missing of what was asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from foretell.market.planning import last_closed, planned
from foretell.series import frequency
from foretell.sources import WITHIN, Span
from foretell.store import Gap, Store

HOUR, START = 3_600, 1_704_067_200
KEY = ("binance", "BTC/USDT", "1h")


def at(bar: float) -> int:
    return int(START + bar * HOUR)


def put(store: Store, *bars: int) -> None:
    times = pl.Series("time", [at(bar) * 10**6 for bar in bars]).cast(pl.Datetime("us", "UTC"))
    frame = pl.DataFrame([pl.Series("series", ["BTC/USDT"] * len(bars)), times])
    store.write(frame.with_columns(open=2.0, high=3.0, low=1.0, close=2.0, volume=1.0), *KEY[::2])


def spans(store: Store, first: float = 0, last: float = 9, refresh: bool = False) -> list[Span]:
    return list(planned(store, KEY, (at(first), at(last)), 4, refresh=refresh).spans)


def test_all_is_missing_in_an_empty_store(store: Store) -> None:
    plan = planned(store, KEY, (at(0.3), at(9.6)), 4)
    assert plan.spans == (Span(at(1), at(9)),)
    assert (plan.bars, plan.requests) == (9, 3)
    assert spans(store, 9, 3) == []
    assert len(store.times(*KEY)) == 0


def test_before_between_and_after_what_is_stored(store: Store) -> None:
    put(store, 2, 3, 6)
    assert spans(store) == [
        Span(at(0), at(1), None, at(2)), Span(at(4), at(5), at(3), at(6)),
        Span(at(6), at(9), at(6)),  # with the last candle once more
    ]  # fmt: skip
    assert spans(store, 2, 3) == []
    assert spans(store, 0, 9, refresh=True) == [Span(at(0), at(9))]


def test_what_was_looked_for_in_vain_is_not_asked_for_again(store: Store) -> None:
    put(store, 0, 1, 6, 9)
    store.note_gaps([Gap(*KEY, at(2), at(4), WITHIN), Gap(*KEY, at(7), at(8), "not in the file")])
    assert spans(store) == [Span(at(5), at(5), at(1), at(6)), Span(at(7), at(8), at(6), at(9))]


def test_a_gap_after_the_last_candle_does_not_split_what_follows(store: Store) -> None:
    put(store, 0, 1)
    store.note_gaps([Gap(*KEY, at(4), at(5), WITHIN)])  # and then the process was killed
    assert spans(store) == [Span(at(1), at(9), at(1))]


@pytest.mark.parametrize(
    ("now", "timeframe", "last"),
    [
        ((2024, 5, 3, 12, 30), "1h", (2024, 5, 3, 11, 30)),
        ((2024, 5, 3, 12), "1h", (2024, 5, 3, 11)),
        ((2024, 5, 3, 12), "1M", (2024, 4, 3, 12)),
        ((2024, 1, 1), "3M", (2023, 10, 1)),
    ],
)
def test_a_bar_is_closed_a_step_after_it_opened(
    now: tuple[int, ...], timeframe: str, last: tuple[int, ...]
) -> None:
    def seconds(parts: tuple[int, ...]) -> int:
        return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type]

    assert last_closed(seconds(now), frequency(timeframe)) == seconds(last)
