"""JSON that is what it should be, and all that is not."""

from __future__ import annotations

from typing import Any

import pytest

from foretell.forecast import shaped

SHAPE = {"name": str, "share": float, "rows": [{"count": int}], "free": dict}
GOOD = {"name": "a", "share": 1, "rows": [{"count": 1}, {"count": 2}], "free": {"any": None}}


def test_what_fits_is_returned() -> None:
    assert shaped(GOOD, SHAPE) == GOOD


def test_what_the_shape_does_not_name_is_dropped() -> None:
    more = GOOD | {"extra": 1, "rows": [{"count": 1, "colour": "red"}]}
    assert shaped(more, SHAPE) == GOOD | {"rows": [{"count": 1}]}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"name": 3}, TypeError),
        ({"share": "3"}, TypeError),
        ({"share": None}, TypeError),
        ({"rows": {"count": 1}}, TypeError),
        ({"rows": "count"}, TypeError),
        ({"rows": []}, ValueError),
        ({"rows": [{"count": 1}, {"count": 1.5}]}, TypeError),
        ({"rows": [{"count": 1}, {"kount": 1}]}, KeyError),
        ({"free": []}, TypeError),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        shaped(GOOD | change, SHAPE)


@pytest.mark.parametrize("value", [None, [], "name", 3, {}])
def test_something_else_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, KeyError)):
        shaped(value, SHAPE)
