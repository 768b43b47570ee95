"""Asynchronous work from code that is not."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["whole"]

T = TypeVar("T")


def whole(work: Coroutine[Any, Any, T]) -> T:
    """Do work to its end, also where an event loop is running already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _aside(work)


def _aside(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own; an interrupt here ends it there."""
    tasks: list[asyncio.Task[Any]] = []

    async def noted() -> T:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        return await work

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(asyncio.run, noted())
        try:
            return running.result()
        except KeyboardInterrupt:
            for task in tasks:
                task.get_loop().call_soon_threadsafe(task.cancel)
            raise
