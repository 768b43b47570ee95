"""Asking again: after what passes, as often as patience lasts, and as late as the exchange says."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from foretell.sources.answers import Told
from foretell.sources.connection import is_passing

__all__ = ["Patience", "patiently"]

T = TypeVar("T")

# What stamina logs is told here already; without a handler Python would print it all the same.
logging.getLogger("stamina").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Patience:
    """How long to go on with an exchange that does not answer as it should.

    Attributes
    ----------
    attempts : int
        Requests for the same page.
    first, longest : float
        Seconds to wait after the first of them, about, and at most; each wait is twice the one
        before. Where the exchange says how long to wait, that long.
    ban : float
        Seconds that the exchange may ask to wait; after a longer ban, come again later.
    timeout : float
        Seconds that an answer may take.
    """

    attempts: int = 10
    first: float = 0.5
    longest: float = 30.0
    ban: float = 3_600.0
    timeout: float = 20.0


async def patiently(
    action: Callable[[], Awaitable[T]], patience: Patience, tell: Callable[[str], None]
) -> T:
    """Do it, and again where that may help.

    Raises
    ------
    Exception
        The last one, or the first that no repetition will cure.
    """
    import stamina

    def again(error: Exception) -> bool | float:
        if isinstance(error, Told) and error.wait is not None:
            if error.wait > patience.ban:
                return False
            tell(f"{error}; waiting {max(error.wait, 0):.0f} s as it asks")
            return 0.0  # the gate keeps the time, for all requests
        passing = is_passing(error)
        if passing:
            tell(f"{' '.join(str(error).split())[:80] or type(error).__name__}; asking again")
        return passing

    attempts = stamina.retry_context(
        again, attempts=patience.attempts, timeout=None, wait_initial=patience.first,
        wait_max=patience.longest, wait_jitter=patience.first,
    )  # fmt: skip
    async for attempt in attempts:
        with attempt:
            return await action()
    raise AssertionError  # the last attempt returned or raised
