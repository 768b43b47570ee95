"""When bars open, kept as the training span showed it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from foretell.series import Calendars, Frequency, Holiday, Sequence

ALWAYS = Frequency(86_400)
WEEKDAYS = Frequency(
    86_400, weekdays=frozenset(range(5)), holidays=(Holiday(0, 7, 4, saturday=-1, sunday=1),)
)
SESSIONS = Frequency(3_600, opens=(36_000, 39_600))


def row(name: str, frequency: Frequency) -> Sequence:
    return Sequence(name, frequency, ("value",), np.arange(3), np.ones((3, 1)))


def test_a_series_has_its_own_and_a_stranger_that_of_most() -> None:
    rows = [row("A", WEEKDAYS), row("B", ALWAYS), row("C", WEEKDAYS)]
    calendars = Calendars.of(rows)
    assert [calendars[name] for name in "ABCX"] == [WEEKDAYS, ALWAYS, WEEKDAYS, WEEKDAYS]


def test_they_come_back_from_json() -> None:
    calendars = Calendars(ALWAYS, {"A": WEEKDAYS, "B": SESSIONS, "C": Frequency(86_400 * 30, 1)})
    assert Calendars.from_dict(json.loads(json.dumps(calendars.to_dict()))) == calendars


@pytest.mark.parametrize(
    "damage", [{"weekdays": None}, {"holidays": [{"kind": 0}]}, {"months": ""}]
)
def test_what_is_damaged_is_refused(damage: dict[str, object]) -> None:
    kept = Calendars(WEEKDAYS).to_dict()
    kept["usual"] |= damage
    with pytest.raises((KeyError, TypeError, ValueError)):
        Calendars.from_dict(kept)
