"""The clock that is used where none is given: that of the computer."""

from __future__ import annotations

import asyncio

from foretell.sources import Clock


def test_time_passes_by_itself_and_by_sleeping() -> None:
    clock = Clock()
    before = clock.now()
    asyncio.run(clock.sleep(0.01))
    assert clock.now() - before >= 0.009
