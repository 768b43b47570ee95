"""Proof: what forecasts were worth on bars that came after training."""

from foretell.backtest.account import Account, settle
from foretell.backtest.audit import audit
from foretell.backtest.certificate import Certificate, Finding
from foretell.backtest.confidence_set import ConfidenceSet, model_confidence_set
from foretell.backtest.direction import Direction, directional_accuracy
from foretell.backtest.evaluation import Entry
from foretell.backtest.executor import Executor, InOrder, Task
from foretell.backtest.ledger import Ledger, data_folder
from foretell.backtest.market import TYPICAL_COSTS, Costs, Market, Rule
from foretell.backtest.money import Money
from foretell.backtest.overfitting import (
    DeflatedSharpe,
    Moments,
    Overfitting,
    deflated_sharpe,
    expected_maximum,
    minimum_backtest_length,
    minimum_track_record,
    overfitting_probability,
    probabilistic_sharpe,
)
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
from foretell.backtest.result import Backtest
from foretell.backtest.rules import Kelly, Threshold
from foretell.backtest.run import backtest
from foretell.backtest.scoreboard import Scoreboard, scoreboard
from foretell.backtest.significance import (
    DieboldMariano,
    diebold_mariano,
    harvey_leybourne_newbold,
    holm,
)
from foretell.backtest.skill_band import SkillBand, skill_band
from foretell.backtest.trading import Curve, Trading, trade
from foretell.backtest.trials import Trial, Trials
from foretell.backtest.verdict import RivalResult, Verdict

__all__ = [
    "NO_RECORD",
    "TYPICAL_COSTS",
    "Account",
    "Backtest",
    "Certificate",
    "Comparison",
    "ConfidenceSet",
    "Costs",
    "Curve",
    "DeflatedSharpe",
    "DieboldMariano",
    "Direction",
    "Entry",
    "Executor",
    "Finding",
    "InOrder",
    "Kelly",
    "Ledger",
    "Market",
    "Moments",
    "Money",
    "Overfitting",
    "RivalResult",
    "Rule",
    "Scoreboard",
    "SkillBand",
    "Task",
    "Threshold",
    "TrackRecord",
    "Trading",
    "Trial",
    "Trials",
    "Uniformity",
    "Verdict",
    "audit",
    "backtest",
    "data_folder",
    "deflated_sharpe",
    "diebold_mariano",
    "directional_accuracy",
    "expected_maximum",
    "harvey_leybourne_newbold",
    "histogram",
    "hold_out",
    "holm",
    "measure",
    "minimum_backtest_length",
    "minimum_track_record",
    "model_confidence_set",
    "overfitting_probability",
    "probabilistic_sharpe",
    "rehearsal",
    "scoreboard",
    "settle",
    "skill_band",
    "track_record",
    "trade",
    "uniformity",
]
