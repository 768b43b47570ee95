"""Options that several commands share, handed to each as one argument."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

__all__ = ["bundle"]


def bundle(
    name: str, options: Mapping[str, Any], make: Callable[..., Any] = dict
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a decorator that adds options to a command.

    Parameters
    ----------
    name : str
        The argument by which the command gets them.
    options : dict of str to annotation
        Each with None for its default: one that was not given is left out.
    make : callable, optional
        Makes that argument of those that were given, as keywords.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        """Add the options to a command."""
        own = inspect.signature(command, eval_str=True)
        kept = [each for each in own.parameters.values() if each.name != name]
        added = [
            inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
            for each, option in options.items()
        ]

        @wraps(command)
        def with_options(**given: Any) -> None:
            taken = {each: given.pop(each) for each in options}
            named = {each: value for each, value in taken.items() if value not in (None, [])}
            command(**given, **{name: make(**named)})

        with_options.__signature__ = own.replace(parameters=kept + added)  # type: ignore[attr-defined]
        with_options.__annotations__ = {each.name: each.annotation for each in kept + added}
        return with_options

    return decorate
