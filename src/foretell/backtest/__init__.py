"""Proof: what forecasts were worth on bars that came after training."""

from foretell.backtest.record import (
    NO_RECORD,
    Comparison,
    TrackRecord,
    hold_out,
    measure,
    rehearsal,
    scorable,
    track_record,
)
from foretell.backtest.significance import DieboldMariano, diebold_mariano

__all__ = [
    "NO_RECORD",
    "Comparison",
    "DieboldMariano",
    "TrackRecord",
    "diebold_mariano",
    "hold_out",
    "measure",
    "rehearsal",
    "scorable",
    "track_record",
]
