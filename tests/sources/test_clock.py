"""The clock that is used where none is given: that of the computer."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest

from foretell.sources import Clock


def test_time_passes_by_itself_and_by_sleeping() -> None:
    clock = Clock()
    before = clock.now()
    asyncio.run(clock.sleep(0.01))
    assert clock.now() - before >= 0.009


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere sleep is not told of")
def test_sleep_of_the_computer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the exchange's bars close meanwhile, too."""
    asked = {time.CLOCK_BOOTTIME: 900.0, time.CLOCK_MONOTONIC: 5.0}
    monkeypatch.setattr(time, "clock_gettime", asked.__getitem__)
    assert Clock().now() == 900.0
