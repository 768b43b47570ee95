"""Libraries that only a rival needs, imported when it is asked for a forecast."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from foretell.errors import MissingExtra

__all__ = ["extra"]


def extra(module: str, rival: str) -> Any:
    """Import a module of the extra ``backtest``.

    Raises
    ------
    MissingExtra
        Its library is not installed.
    """
    library = module.partition(".")[0]
    try:
        import_module(library)
    except ModuleNotFoundError as error:
        if error.name != library:
            raise
        message = (
            f"the rival {rival} needs {library}, which is not installed; "
            f"pip install 'foretell[backtest]'"
        )
        raise MissingExtra(message) from error
    return import_module(module)
