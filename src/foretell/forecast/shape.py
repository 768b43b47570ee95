"""JSON that comes from outside, cut to what is expected of it."""

from __future__ import annotations

from typing import Any

__all__ = ["shaped"]


def shaped(value: Any, shape: Any) -> Any:
    """Check a value against an example of types, and drop what the example does not name.

    Parameters
    ----------
    value : object
        As `json.loads` gives it.
    shape : type, dict or list
        A type; keys that must be there, each with a shape; or a list of one shape, for a list
        with at least one entry.

    Raises
    ------
    KeyError
        A key is not there.
    TypeError, ValueError
        A value is of another type, or a list is empty.
    """
    kind: Any = shape if isinstance(shape, type) else type(shape)
    accepted: Any = (int, float) if kind is float else kind
    if not isinstance(value, accepted):
        message = f"{value!r} is not of type {kind.__name__}"
        raise TypeError(message)
    if isinstance(shape, dict):
        return {key: shaped(value[key], part) for key, part in shape.items()}
    if isinstance(shape, list):
        if not value:
            message = "a list is empty"
            raise ValueError(message)
        return [shaped(each, shape[0]) for each in value]
    return value
