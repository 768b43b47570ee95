"""Asynchronous work from code that is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["stepwise", "whole"]

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]


def whole(work: Coroutine[Any, Any, T]) -> T:
    """Do work to its end, also where an event loop is running already, as in a notebook."""
    with _running() as run:
        done: T = run(work)
    return done


def stepwise(steps: AsyncGenerator[T]) -> Iterator[T]:
    """Give out what a generator yields, one by one; it rests in between, and is closed at the end.

    As with `whole`, an event loop may be running.
    """
    with _running() as run:
        try:
            while True:
                try:
                    step = run(_next(steps))
                except StopAsyncIteration:
                    return
                yield step
        finally:
            run(steps.aclose())


async def _next(steps: AsyncGenerator[T]) -> T:
    return await anext(steps)


@contextmanager
def _running() -> Iterator[Run]:
    """Run one piece of work after another in the same loop: here, or where one is running aside."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        with asyncio.Runner() as runner:
            yield runner.run
    else:
        with ThreadPoolExecutor(1) as thread:
            runner = asyncio.Runner()
            try:
                yield lambda work: _aside(thread, runner, work)
            finally:
                thread.submit(runner.close).result()


def _aside(thread: ThreadPoolExecutor, runner: asyncio.Runner, work: Coroutine[Any, Any, T]) -> T:
    """In a thread; an interrupt here ends the work there."""
    tasks: list[asyncio.Task[Any]] = []

    async def noted() -> T:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        return await work

    running = thread.submit(runner.run, noted())
    try:
        return running.result()
    except KeyboardInterrupt:
        for task in tasks:
            task.get_loop().call_soon_threadsafe(task.cancel)
        raise
