"""Libraries that only a rival needs, imported when it is asked for a forecast."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from foretell.extras import needs

__all__ = ["extra"]


def extra(module: str, rival: str) -> Any:
    """Import a module of the extra ``backtest``.

    Raises
    ------
    MissingExtra
        Its library is not installed.
    """
    library = module.partition(".")[0]
    with needs(library, f"the rival {rival} needs {library}", "backtest"):
        import_module(library)
    return import_module(module)
