"""A gate before every request: shut for all of them as long as the exchange has said."""

from __future__ import annotations

from foretell.sources.clock import Clock

__all__ = ["Gate"]


class Gate:
    """Lets requests pass, except before a time.

    A ban is for everybody behind one address. So whoever hears of it shuts the gate, and all others
    wait too.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._opens = float("-inf")

    def shut(self, seconds: float) -> None:
        """Let nobody pass for so long; a longer time that was told before stays."""
        self._opens = max(self._opens, self._clock.now() + seconds)

    async def passed(self) -> None:
        """Wait until it is open."""
        while (wait := self._opens - self._clock.now()) > 0:
            await self._clock.sleep(wait)
