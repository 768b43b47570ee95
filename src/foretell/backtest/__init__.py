"""Proof: what forecasts were worth on bars that came after training."""

from foretell.backtest.audit import audit
from foretell.backtest.certificate import Certificate, Finding
from foretell.backtest.record import (
    NO_RECORD,
    Comparison,
    TrackRecord,
    hold_out,
    measure,
    rehearsal,
    track_record,
)
from foretell.backtest.significance import DieboldMariano, diebold_mariano

__all__ = [
    "NO_RECORD",
    "Certificate",
    "Comparison",
    "DieboldMariano",
    "Finding",
    "TrackRecord",
    "audit",
    "diebold_mariano",
    "hold_out",
    "measure",
    "rehearsal",
    "track_record",
]
