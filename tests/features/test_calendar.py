"""Positions in day, week and year."""

from __future__ import annotations

from datetime import UTC, datetime
from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.features.calendar import Calendar
from foretell.series import Frequency

HOUR, DAY, WEEK = 3_600, 86_400, 604_800


def at(step: int, moment: datetime, *, year: bool = False) -> dict[str, float]:
    calendar = Calendar(Frequency(step), year=year)
    time = int(moment.replace(tzinfo=UTC).timestamp())
    return dict(zip(calendar.names, calendar.at(time), strict=True))


@pytest.mark.parametrize(
    ("step", "year", "names"),
    [
        (HOUR, False, ("day_sin", "day_cos", "week_sin", "week_cos")),
        (HOUR, True, ("day_sin", "day_cos", "week_sin", "week_cos", "year_sin", "year_cos")),
        (DAY, False, ("week_sin", "week_cos")),
        (WEEK, False, ()),
        (WEEK, True, ("year_sin", "year_cos")),
        (12 * HOUR, False, ("day_sin", "day_cos", "week_sin", "week_cos")),
        (13 * HOUR, False, ("week_sin", "week_cos")),
    ],
)
def test_only_cycles_of_two_bars_or_more_are_read(
    step: int, year: bool, names: tuple[str, ...]
) -> None:
    assert Calendar(Frequency(step), year=year).names == names


def test_monday_midnight_starts_day_and_week() -> None:
    start = at(HOUR, datetime(2024, 1, 1))  # noqa: DTZ001
    assert list(start.values()) == pytest.approx([0.0, 1.0, 0.0, 1.0])


def test_quarter_of_a_day_and_of_a_week() -> None:
    six = at(HOUR, datetime(2024, 1, 1, 6))  # noqa: DTZ001
    assert (six["day_sin"], six["day_cos"]) == pytest.approx((1.0, 0.0))
    thursday_noon = at(HOUR, datetime(2024, 1, 4, 12))  # noqa: DTZ001
    assert (thursday_noon["week_sin"], thursday_noon["week_cos"]) == pytest.approx((0.0, -1.0))


def test_season_of_the_year() -> None:
    july = at(DAY, datetime(2024, 7, 2), year=True)  # noqa: DTZ001
    days = (datetime(2024, 7, 2) - datetime(1970, 1, 1)).days  # noqa: DTZ001
    angle = 2.0 * pi * (days / 365.2425)
    assert july["year_sin"] == pytest.approx(sin(angle), abs=1e-9)
    assert july["year_cos"] == pytest.approx(cos(angle), abs=1e-9)
    assert july["year_cos"] < -0.99


@given(st.integers(-(10**9), 10**10))
def test_points_lie_on_circles(time: int) -> None:
    values = Calendar(Frequency(HOUR), year=True).at(time)
    radii = [sine**2 + cosine**2 for sine, cosine in zip(values[::2], values[1::2], strict=True)]
    assert radii == pytest.approx([1.0, 1.0, 1.0])


@given(st.integers(0, 10**10))
def test_same_hour_a_week_later_is_the_same_point(time: int) -> None:
    calendar = Calendar(Frequency(HOUR), year=False)
    assert calendar.at(time) == calendar.at(time + WEEK)
