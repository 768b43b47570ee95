"""Proof: what forecasts were worth on bars that came after training."""

from foretell.backtest.confidence_set import ConfidenceSet, model_confidence_set
from foretell.backtest.direction import Direction, directional_accuracy
from foretell.backtest.executor import Executor, InOrder, Task
from foretell.backtest.pit import Uniformity, histogram, uniformity
from foretell.backtest.record import (
    NO_RECORD,
    Comparison,
    TrackRecord,
    hold_out,
    measure,
    rehearsal,
    track_record,
)
from foretell.backtest.scoreboard import Scoreboard, scoreboard
from foretell.backtest.significance import (
    DieboldMariano,
    diebold_mariano,
    harvey_leybourne_newbold,
    holm,
)
from foretell.backtest.verdict import RivalResult, Verdict

__all__ = [
    "NO_RECORD",
    "Comparison",
    "ConfidenceSet",
    "DieboldMariano",
    "Direction",
    "Executor",
    "InOrder",
    "RivalResult",
    "Scoreboard",
    "Task",
    "TrackRecord",
    "Uniformity",
    "Verdict",
    "diebold_mariano",
    "directional_accuracy",
    "harvey_leybourne_newbold",
    "histogram",
    "hold_out",
    "holm",
    "measure",
    "model_confidence_set",
    "rehearsal",
    "scoreboard",
    "track_record",
    "uniformity",
]
