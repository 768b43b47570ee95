"""Asynchronous work from code that is not."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncGenerator

import pytest

from foretell.market import stepwise, whole


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


async def counted(loops: list[object], ended: list[str]) -> AsyncGenerator[int]:
    try:
        for n in range(3):
            loops.append(asyncio.get_running_loop())
            await asyncio.sleep(0.0)
            yield n
    finally:
        await asyncio.sleep(0.0)
        ended.append("closed")


@pytest.mark.parametrize("notebook", [False, True])
def test_steps_are_given_out_one_by_one_in_one_loop(notebook: bool) -> None:
    async def cell() -> list[int]:
        return list(stepwise(counted(loops, ended)))

    loops, ended = list[object](), list[str]()
    found = asyncio.run(cell()) if notebook else list(stepwise(counted(loops, ended)))
    assert found == [0, 1, 2]
    assert len(set(loops)) == 1
    assert ended == ["closed"]


@pytest.mark.parametrize("notebook", [False, True])
def test_steps_that_are_left_are_closed(notebook: bool) -> None:
    async def cell() -> int:
        return leave()

    def leave() -> int:
        steps = stepwise(counted([], ended))
        first = next(steps)
        steps.close()  # type: ignore[attr-defined]
        return first

    ended: list[str] = []
    assert (asyncio.run(cell()) if notebook else leave()) == 0
    assert ended == ["closed"]
