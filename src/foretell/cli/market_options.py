"""The options that say which stored symbol is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from foretell.cli.bundles import bundle

__all__ = ["Market", "Place", "market_options"]

Place = Annotated[
    str | None,
    typer.Option("--store", help="Folder or URL. [default: FORETELL_STORE, or the user's]"),
]

OPTIONS: dict[str, Any] = {
    "exchange": Annotated[
        str | None,
        typer.Option(help="Of a stored symbol. [default: the one that is stored, or binance]"),
    ],
    "timeframe": Annotated[
        str | None, typer.Option(help="Such as 1m, 4h, 1d. [default: the one stored, or 1h]")
    ],
    "store": Place,
}


@dataclass(frozen=True)
class Market:
    """Where a symbol is to be looked for; None where it was not said."""

    exchange: str | None = None
    timeframe: str | None = None
    store: str | None = None

    @property
    def said(self) -> bool:
        """Whether anything was: then a symbol of the store is meant."""
        return self != Market()


market_options = bundle("market", OPTIONS, Market)
