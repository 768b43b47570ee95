"""The page loop, against an exchange that is a list."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from foretell.series import frequency
from foretell.sources.paging import EARLIER, UNUSABLE, WITHIN, Page, Span, pages

HOUR = 3_600


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type]


class Listed:
    """As much of `Exchange` as the loop needs: it gives what it has from a time on."""

    def __init__(self, times: list[int], timeframe: str = "1h", size: int = 4) -> None:
        self.times, self.timeframe, self.size = times, timeframe, size
        self.wrong: set[int] = set()
        self.asked: list[tuple[int, int]] = []

    def has(self, timeframe: str) -> bool:
        return timeframe == self.timeframe

    def page_size(self, symbol: str) -> int:
        return self.size

    async def page(
        self, symbol: str, first: int, limit: int, timeframe: str | None = None
    ) -> list[list[Any]]:
        self.asked.append((first, limit))
        found = [time for time in self.times if time >= first][:limit]
        return [[t * 1_000, 1.0, 0.5 if t in self.wrong else 2.0, 0.5, 1.5, 3.0] for t in found]


def walked(exchange: Any, span: Span) -> list[Page]:
    async def run() -> list[Page]:
        return [page async for page in pages(exchange, "A/B", span)]

    return asyncio.run(run())


def summed(found: list[Page]) -> tuple[list[int], list[tuple[int, int, str]]]:
    times = [int(t) for page in found for t in page.candles["time"].dt.epoch("s")]
    return times, [tuple(hole) for page in found for hole in page.holes]  # type: ignore[misc]


def hours(*bars: int) -> list[int]:
    return [bar * HOUR for bar in bars]


def test_pages_follow_what_came() -> None:
    exchange = Listed(hours(*range(12)))
    found = walked(exchange, Span(0, 9 * HOUR))
    assert summed(found) == (hours(*range(10)), [])
    assert [page.position for page in found] == [4 * HOUR, 8 * HOUR, 9 * HOUR + 1]
    assert [first // HOUR for first, _ in exchange.asked] == [0, 4, 8]


def test_holes_need_a_later_candle() -> None:
    exchange = Listed(hours(2, 3, 6, 7, 8))
    found = walked(exchange, Span(0, 12 * HOUR))
    assert summed(found) == (
        hours(2, 3, 6, 7, 8), [(0, HOUR, EARLIER), (4 * HOUR, 5 * HOUR, WITHIN)],
    )  # fmt: skip
    assert found[-1].position == 9 * HOUR  # nothing is known of 9 to 12


def test_an_open_bar_after_the_span_is_proof_enough() -> None:
    found = walked(Listed(hours(0, 1, 13)), Span(0, 12 * HOUR))
    assert summed(found)[1] == [(2 * HOUR, 12 * HOUR, WITHIN)]
    assert found[-1].position == 12 * HOUR + 1


def test_nothing_but_an_open_bar_proves_nothing_of_a_new_listing() -> None:
    assert summed(walked(Listed(hours(13)), Span(0, 12 * HOUR))) == ([], [])


def test_stored_candles_on_both_sides_make_a_hole_of_silence() -> None:
    span = Span(4 * HOUR, 6 * HOUR, before=3 * HOUR, after=7 * HOUR)
    assert summed(walked(Listed([]), span)) == ([], [(4 * HOUR, 6 * HOUR, WITHIN)])
    span = span._replace(before=None)
    assert summed(walked(Listed([]), span)) == ([], [(4 * HOUR, 6 * HOUR, EARLIER)])
    assert walked(Listed([]), span._replace(after=None)) == []


@pytest.mark.parametrize("wrong", [[0], [1], [3], [2, 3], [11]])
def test_candles_that_cannot_be_are_holes_of_their_own(wrong: list[int]) -> None:
    exchange = Listed(hours(*range(13)))
    exchange.wrong = set(hours(*wrong))
    times, holes = summed(walked(exchange, Span(0, 11 * HOUR)))
    assert times == [time for time in hours(*range(12)) if time not in exchange.wrong]
    assert holes == [(wrong[0] * HOUR, wrong[-1] * HOUR, UNUSABLE)]


def test_weeks_have_the_grid_of_their_candles() -> None:
    mondays = [at(2024, 1, 8) + week * 7 * 24 * HOUR for week in (0, 1, 4)]
    found = walked(Listed(mondays, "1w"), Span(at(2023, 12, 30), mondays[-1] + 10))
    assert summed(found) == (
        mondays,
        [(at(2024, 1, 1), at(2024, 1, 1), EARLIER), (at(2024, 1, 22), at(2024, 1, 29), WITHIN)],
    )


def test_months_are_those_of_the_calendar() -> None:
    firsts = [at(2024, month, 1) for month in (2, 3, 6)]
    found = walked(Listed(firsts, "1M"), Span(at(2023, 12, 15), at(2024, 6, 2)))
    assert summed(found) == (
        firsts,
        [(at(2024, 1, 1), at(2024, 1, 1), EARLIER), (at(2024, 4, 1), at(2024, 5, 1), WITHIN)],
    )
    assert frequency("1M").months == 1
