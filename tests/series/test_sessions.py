"""Intraday sessions: the night and the weekend are no gaps, and stamps go on in the morning."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.errors import FrameError
from foretell.series import Frequency, stamp
from foretell.series.sessions import weekly_opens

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800
MONDAY = 1_704_067_200  # 2024-01-01
NEW_YORK = [9 * HOUR + 30 * MINUTE + each * HOUR for each in range(7)]  # 09:30 to 15:30


def session(times: list[int], days: int, weekdays: range = range(5)) -> np.ndarray:
    """Stamps of so many calendar days from a Monday on."""
    return np.array(
        [MONDAY + day * DAY + time for day in range(days) if day % 7 in weekdays for time in times]
    )


def test_hours_of_a_session_lie_on_a_grid_of_their_own() -> None:
    frequency = Frequency.infer(session(NEW_YORK, 30))
    assert str(frequency) == "1h"
    assert frequency.opens == tuple(day * DAY + time for day in range(5) for time in NEW_YORK)
    assert not frequency.always


def test_bars_after_a_close_are_those_of_the_next_morning() -> None:
    stamps = session(NEW_YORK, 19)  # the last one is Friday's last
    coming = Frequency.infer(stamps).following(int(stamps[-1]), 8)
    assert [stamp(each) for each in (coming[0], coming[1], coming[6], coming[7])] == [
        "2024-01-22 09:30:00", "2024-01-22 10:30:00", "2024-01-22 15:30:00", "2024-01-23 09:30:00",
    ]  # fmt: skip


def test_bars_after_one_in_the_session_go_on_at_once() -> None:
    stamps = session(NEW_YORK, 30)[:-3]
    coming = Frequency.infer(stamps).following(int(stamps[-1]), 3)
    assert coming == session(NEW_YORK, 30)[-3:].tolist()


@pytest.mark.parametrize("step", [65, 195])
def test_steps_that_do_not_divide_a_day_are_accepted(step: int) -> None:
    times = list(range(9 * HOUR + 30 * MINUTE, 16 * HOUR, step * MINUTE))
    frequency = Frequency.infer(session(times, 30))
    assert frequency.seconds == step * MINUTE
    tuesday = int(session(times, 30)[-1])
    assert frequency.following(tuesday, len(times))[-1] == tuesday + DAY


def test_stamp_off_such_a_grid_is_named() -> None:
    stamps = session(list(range(9 * HOUR, 16 * HOUR, 65 * MINUTE)), 30)
    stamps[40] += 60
    with pytest.raises(FrameError, match="is off the 65m grid"):
        Frequency.infer(stamps)


def test_sessions_over_the_weekend_of_a_currency_market() -> None:
    # From Sunday 22:00 to Friday 21:00, by the hour.
    week = [6 * DAY + 22 * HOUR, 6 * DAY + 23 * HOUR]
    week += [hour * HOUR for hour in range(4 * 24 + 21)]
    stamps = np.sort(np.array([MONDAY + n * WEEK + each for n in range(5) for each in week]))
    frequency = Frequency.infer(stamps)
    friday = MONDAY + 4 * WEEK + (4 * 24 + 20) * HOUR
    assert stamp(friday) == "2024-02-02 20:00:00"
    assert [stamp(each) for each in frequency.following(friday, 2)] == [
        "2024-02-04 22:00:00", "2024-02-04 23:00:00",
    ]  # fmt: skip


def test_market_that_never_closes_has_no_sessions_whatever_its_gaps() -> None:
    stamps = MONDAY + HOUR * np.arange(60 * 24)
    keep = np.random.default_rng(0).uniform(size=len(stamps)) > 0.1
    keep[200:260] = False  # an outage of days
    frequency = Frequency.infer(stamps[keep])
    assert frequency == Frequency(HOUR)
    assert frequency.always


def test_few_days_show_no_sessions() -> None:
    assert Frequency.infer(session(NEW_YORK, 5)) == Frequency(HOUR)


def test_clocks_that_change_are_followed_after_two_weeks() -> None:
    winter, summer = session(NEW_YORK, 60), session(NEW_YORK, 80) - HOUR
    stamps = np.concatenate([winter, summer[summer > winter[-1]]])
    opens = {each % DAY for each in weekly_opens(stamps, HOUR)}
    assert min(opens) <= 8 * HOUR + 30 * MINUTE
    later = session(NEW_YORK, 110) - HOUR
    stamps = np.concatenate([winter, later[later > winter[-1]]])
    assert {each % DAY for each in weekly_opens(stamps, HOUR)} == {each - HOUR for each in NEW_YORK}


def test_bars_between_stamps_are_counted_in_sessions() -> None:
    stamps = session(NEW_YORK, 60)
    frequency = Frequency.infer(stamps)
    for later in range(1, len(stamps)):
        assert frequency.bars(int(stamps[0]), int(stamps[later])) == later
        assert frequency.bars(int(stamps[later - 1]), int(stamps[later])) == 1


def test_bars_in_a_day_and_a_week_are_those_of_the_sessions() -> None:
    frequency = Frequency.infer(session(NEW_YORK, 30))
    assert (frequency.bars_in(DAY), frequency.bars_in(WEEK)) == (7.0, 35.0)
    assert Frequency(HOUR).bars_in(DAY) == 24.0
    workdays = Frequency(DAY, weekdays=frozenset(range(5)))
    assert (workdays.bars_in(DAY), workdays.bars_in(WEEK)) == (1.0, 5.0)


def test_bar_may_follow_the_night() -> None:
    stamps = session(list(range(9 * HOUR, 16 * HOUR, 65 * MINUTE)), 30)
    frequency = Frequency.infer(stamps)
    assert frequency.leads_to(int(stamps[-1]), frequency.following(int(stamps[-1]), 1)[0])
    assert not frequency.leads_to(int(stamps[-1]), int(stamps[-1]) + 61)
