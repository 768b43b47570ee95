"""What is asked again, how often, and what is not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from ccxt.base import errors

from foretell.sources.answers import Blocked, Garbled, Told, Unavailable
from foretell.sources.connection import is_hopeless, is_passing, is_unknown
from foretell.sources.retrying import Patience, patiently

HASTY = Patience(attempts=4, first=0.0001, longest=0.0002)


def tried(*outcomes: Any, patience: Patience = HASTY) -> tuple[Any, int, list[str]]:
    """What comes of an action that fails so, how often it was done, and what was said."""
    left, said = list(outcomes), []

    async def action() -> Any:
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    try:
        result: Any = asyncio.run(patiently(action, patience, said.append))
    except Exception as error:  # noqa: BLE001
        result = error
    return result, len(outcomes) - len(left), said


@pytest.mark.parametrize(
    "passing",
    [Told(429, 3.0), Told(429, None), Unavailable(503), Garbled("[1"), errors.RequestTimeout("t"),
     errors.ExchangeNotAvailable("down"), errors.RateLimitExceeded("slow")],
)  # fmt: skip
def test_what_passes_is_asked_again(passing: Exception) -> None:
    result, times, said = tried(passing, passing, "good")
    assert (result, times, len(said)) == ("good", 3, 2)


@pytest.mark.parametrize(
    "final",
    [Blocked(451), errors.AuthenticationError("key"), errors.BadSymbol("?"),
     errors.BadRequest("?"), ValueError("bug"), Told(418, 7_200.0)],
)  # fmt: skip
def test_what_does_not_pass_is_not(final: Exception) -> None:
    result, times, said = tried(final, "good")
    assert (result, times, said) == (final, 1, [])


def test_patience_ends() -> None:
    result, times, _ = tried(*[Unavailable(500)] * 9)
    assert (str(result), times) == ("HTTP 500", 4)


def test_kinds_of_errors() -> None:
    assert is_hopeless(Blocked(451))
    assert is_hopeless(errors.PermissionDenied("key"))
    assert not is_hopeless(Unavailable(500))
    assert is_unknown(errors.BadSymbol("x"))
    assert not is_unknown(errors.BadRequest("x"))
    assert not is_passing(errors.BadRequest("x"))
