"""HTTP answers: what each kind means, and how long to wait."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from foretell.sources.answers import Blocked, Garbled, Told, Unavailable, judge, told_wait

NOW = 1_700_000_000
DATE = {"date": formatdate(NOW, usegmt=True)}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(429, Told), (418, Told), (451, Blocked), (403, Blocked), (404, Blocked),
     (500, Unavailable),
     (503, Unavailable)],
)  # fmt: skip
def test_statuses(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=f"HTTP {status}"):
        judge(status, {}, "{}")


@pytest.mark.parametrize("status", [400, 401, 409])
def test_what_ccxt_understands_is_left_to_it(status: int) -> None:
    judge(status, {}, '{"code": -1121}')


@pytest.mark.parametrize("body", ["[]", '  {"a": 1}', "[[1]]"])
def test_json_passes(body: str) -> None:
    judge(200, {}, body)


@pytest.mark.parametrize("body", ["", "<html>", "busy"])
def test_what_is_no_json_is_garbled(body: str) -> None:
    with pytest.raises(Garbled, match="an answer that cannot be read"):
        judge(200, {}, body)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({}, "", None),
        ({"retry-after": "7"}, "", 7.0),
        ({"retry-after": "1.5"}, "", 1.5),
        (DATE | {"retry-after": formatdate(NOW + 90, usegmt=True)}, "", 90.0),
        (DATE, f"IP banned until {NOW + 120}000. Please", 120.0),
        (DATE, f"IP banned until {NOW + 120}.", 120.0),
        (DATE | {"retry-after": "7"}, f"banned until {NOW + 120}000", 120.0),
        (DATE | {"retry-after": "300"}, f"banned until {NOW + 120}000", 300.0),
        ({"retry-after": "soon"}, "", None),
    ],
)
def test_the_longest_time_told_counts(
    headers: dict[str, str], body: str, seconds: float | None
) -> None:
    assert told_wait(headers, body) == seconds


def test_headers_are_found_in_any_case() -> None:
    with pytest.raises(Told) as told:
        judge(429, {"Retry-After": "12"}, "")
    assert told.value.wait == 12.0
