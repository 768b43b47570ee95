"""What lies on the grid of its series."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from foretell.errors import FrameError
from foretell.store.grid import check_grid

HOUR, DAY = 3_600, 86_400


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type]


def check(times: list[int], timeframe: str, known: int | None = None) -> None:
    check_grid(np.array(times), np.arange(len(times)), timeframe, known)


def test_short_steps_begin_on_the_full_step() -> None:
    check([0, 60, 180], "1m")
    with pytest.raises(FrameError, match="row 0"):
        check([30, 90, 150], "1m")
    with pytest.raises(FrameError, match="row 1: 1970-01-01 01:30:00 is off the 1h grid"):
        check([0, HOUR + HOUR // 2], "1h")


def test_long_steps_begin_where_most_do_or_the_series_does() -> None:
    monday = at(2024, 1, 1)
    check([monday, monday + 7 * DAY], "1w")
    check([at(2024, 1, 1, 16), at(2024, 1, 2, 16)], "1d")
    with pytest.raises(FrameError, match="row 0"):
        check([at(2024, 1, 1), at(2024, 1, 1, 16), at(2024, 1, 2, 16)], "1d")
    with pytest.raises(FrameError, match="row 0"):
        check([at(2024, 1, 1, 16)], "1d", known=at(2023, 5, 1))


def test_months_are_those_of_the_calendar() -> None:
    check([at(2024, month, 1) for month in range(1, 13)], "1M")
    check([at(2023, 2, 1)], "1M", known=at(2024, 5, 1))
    with pytest.raises(FrameError, match="row 1: 2024-02-02 is off the 1M grid"):
        check([at(2024, 1, 1), at(2024, 2, 2)], "1M")
