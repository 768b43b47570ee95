"""foretell: probabilistic forecasts of prices and other sequences, each with its track record."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from foretell import errors, samples
    from foretell.forecast import Forecast, Forecaster, Rival
    from foretell.live import LiveRecord, live_record, watch
    from foretell.market import fetch
    from foretell.proof import (
        Backtest,
        Certificate,
        TrackRecord,
        Verdict,
        audit,
        backtest,
        track_record,
    )
    from foretell.store import Store
    from foretell.text import TextModel

__all__ = [
    "Backtest",
    "Certificate",
    "Forecast",
    "Forecaster",
    "LiveRecord",
    "Rival",
    "Store",
    "TextModel",
    "TrackRecord",
    "Verdict",
    "audit",
    "backtest",
    "errors",
    "fetch",
    "live_record",
    "samples",
    "track_record",
    "watch",
]

# Where each name lives. Names are looked up on first use, so that `foretell --help` does not
# wait for polars.
HOMES = {
    "Backtest": "foretell.proof",
    "Certificate": "foretell.proof",
    "Forecast": "foretell.forecast",
    "Forecaster": "foretell.forecast",
    "LiveRecord": "foretell.live",
    "Rival": "foretell.forecast",
    "Store": "foretell.store",
    "TextModel": "foretell.text",
    "TrackRecord": "foretell.proof",
    "Verdict": "foretell.proof",
    "audit": "foretell.proof",
    "backtest": "foretell.proof",
    "fetch": "foretell.market",
    "live_record": "foretell.live",
    "track_record": "foretell.proof",
    "watch": "foretell.live",
}


def __getattr__(name: str) -> Any:
    if name in ("errors", "samples"):
        return import_module(f"foretell.{name}")
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("foretell")
    message = f"module 'foretell' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
