"""Time as fetching knows it, so that tests can have hours pass at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

__all__ = ["Clock"]


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

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
