"""Time as fetching knows it, so that tests can have hours pass at once."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

__all__ = ["Clock"]


def _elapsed() -> float:
    """Seconds since the computer started; those that it slept count too, where it knows them."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True)
class Clock:
    """How time passes, and how to let it pass.

    Attributes
    ----------
    now : callable
        Seconds that have passed since some moment; never set back.
    sleep : callable
        Wait for so many seconds.
    """

    now: Callable[[], float] = _elapsed
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
