"""The season that a step suggests."""

from __future__ import annotations

import pytest

from foretell.forecast.rivals.seasons import season
from foretell.series import Frequency

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@pytest.mark.parametrize(
    ("frequency", "bars"),
    [
        (Frequency(MINUTE), 1_440),
        (Frequency(15 * MINUTE), 96),
        (Frequency(HOUR), 24),
        (Frequency(4 * HOUR), 6),
        (Frequency(7 * HOUR), 1),
        (Frequency(DAY), 7),
        (Frequency(DAY, weekdays=frozenset(range(5))), 5),
        (Frequency(3 * DAY), 1),
        (Frequency(7 * DAY), 52),
        (Frequency(30 * DAY, months=1), 12),
        (Frequency(90 * DAY, months=3), 4),
        (Frequency(360 * DAY, months=12), 1),
        (Frequency(150 * DAY, months=5), 1),
    ],
    ids=str,
)
def test_season(frequency: Frequency, bars: int) -> None:
    assert season(frequency) == bars
