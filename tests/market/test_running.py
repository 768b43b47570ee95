"""Asynchronous work from code that is not."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time

import pytest

from foretell.market import whole


async def answer(seconds: float, ended: list[str]) -> int:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        ended.append("cancelled")
        raise
    return 42


def test_work_is_done_with_and_without_a_running_loop() -> None:
    async def cell() -> int:
        return whole(answer(0.0, []))

    assert whole(answer(0.0, [])) == 42
    assert asyncio.run(cell()) == 42


def test_an_error_comes_through() -> None:
    async def wrong() -> None:
        raise ValueError(str(["no"]))

    async def cell() -> None:
        whole(wrong())

    with pytest.raises(ValueError, match="no"):
        asyncio.run(cell())


def test_an_interrupt_ends_the_work_of_a_notebook() -> None:
    """There, Ctrl-C raises in the cell."""
    ended: list[str] = []

    async def cell() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            whole(answer(20.0, ended))

    begun = time.monotonic()
    asyncio.run(cell())
    assert ended == ["cancelled"]
    assert time.monotonic() - begun < 5.0
