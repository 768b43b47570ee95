"""What an HTTP answer means before ccxt reads it: go on, wait, try again, or give up.

ccxt makes one kind of error of a ban, a country that is blocked and a server that is down, and
drops the headers that say how long to wait. So answers are judged here first.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

__all__ = ["Blocked", "Garbled", "Told", "Unavailable", "judge", "told_now"]

TOO_MANY = (418, 429)  # Binance: 418 is a ban for going on after 429
BLOCKED = (403, 404, 405, 410, 451)  # those in the middle: a base URL that is no exchange
NUMBER = re.compile(r"\d+(\.\d+)?")  # some exchanges give fractions, which RFC 9110 does not know
# What Binance writes, in milliseconds of its own clock.
BANNED_UNTIL = re.compile(r"banned until (\d{10,13})", re.IGNORECASE)


class Blocked(Exception):
    """The exchange does not serve this address or country."""

    def __str__(self) -> str:
        return f"HTTP {self.args[0]}"


class Garbled(Exception):
    """The answer is not whole, or no JSON."""

    def __str__(self) -> str:
        return f"an answer that cannot be read: {self.args[0]!r}"


class Unavailable(Exception):
    """The exchange is down for the moment."""

    def __str__(self) -> str:
        return f"HTTP {self.args[0]}"


class Told(Exception):
    """Too many requests.

    Attributes
    ----------
    wait : float or None
        Seconds to wait; None where the exchange did not say.
    """

    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__(f"HTTP {status}, too many requests")
        self.wait = wait


def judge(status: int, headers: Mapping[str, str], body: str) -> None:
    """Pass what ccxt understands.

    Raises
    ------
    Told, Blocked, Unavailable, Garbled
        The answer is none that has candles in it.
    """
    if status in TOO_MANY:
        raise Told(status, told_wait({name.lower(): headers[name] for name in headers}, body))
    if status in BLOCKED:
        raise Blocked(status)
    if status >= 500:
        raise Unavailable(status)
    if status < 300 and body.lstrip()[:1] not in ("{", "["):
        raise Garbled(body[:60])


def told_wait(headers: Mapping[str, str], body: str) -> float | None:
    """Seconds to wait by the header Retry-After or by the time in the text, whichever is longer.

    Times are compared with the exchange's own clock, as the header Date has it.
    """
    now = told_now(headers) or time.time()
    ends = [
        int(found) / (1_000 if len(found) > 10 else 1) - now for found in BANNED_UNTIL.findall(body)
    ]
    after = headers.get("retry-after", "").strip()
    if NUMBER.fullmatch(after):
        ends.append(float(after))
    elif (moment := _moment(after)) is not None:
        ends.append(moment - now)
    return max(ends, default=None)


def told_now(headers: Mapping[str, str]) -> float | None:
    """The server's own time by the header Date, in seconds since 1970; an old one of a cache's."""
    return next((_moment(headers[name]) for name in headers if name.lower() == "date"), None)


def _moment(text: str) -> float | None:
    """An HTTP date (RFC 9110, 5.6.7)."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None
