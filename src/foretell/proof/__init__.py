"""Proof: what forecasts were worth on bars that came after training."""

from foretell.proof.account import Account, settle
from foretell.proof.aspects import Aspects, DirectionSkill, VolatilitySkill
from foretell.proof.audit import audit
from foretell.proof.certificate import Certificate, Finding
from foretell.proof.confidence_set import ConfidenceSet, model_confidence_set
from foretell.proof.direction import Direction, directional_accuracy
from foretell.proof.estimates import Agreement, Estimate, agreement
from foretell.proof.evaluation import Entry
from foretell.proof.executor import Executor, InOrder, Task
from foretell.proof.ledger import Ledger
from foretell.proof.market import TYPICAL_COSTS, Costs, Market, Rule
from foretell.proof.money import Money
from foretell.proof.overfitting import (
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
from foretell.proof.pit import Uniformity, histogram, uniformity
from foretell.proof.record import (
    NO_RECORD,
    Comparison,
    TrackRecord,
    hold_out,
    measure,
    recorded,
    rehearsal,
    scorable,
    track_record,
)
from foretell.proof.result import Backtest
from foretell.proof.rules import Kelly, Threshold
from foretell.proof.run import backtest
from foretell.proof.scoreboard import Scoreboard, scoreboard
from foretell.proof.scores import BANDS, band_edges
from foretell.proof.significance import (
    DieboldMariano,
    diebold_mariano,
    harvey_leybourne_newbold,
    holm,
)
from foretell.proof.skill_band import SkillBand, skill_band
from foretell.proof.trading import Curve, Trading, trade
from foretell.proof.trials import Trial, Trials
from foretell.proof.verdict import RivalResult, Verdict

__all__ = [
    "BANDS",
    "NO_RECORD",
    "TYPICAL_COSTS",
    "Account",
    "Agreement",
    "Aspects",
    "Backtest",
    "Certificate",
    "Comparison",
    "ConfidenceSet",
    "Costs",
    "Curve",
    "DeflatedSharpe",
    "DieboldMariano",
    "Direction",
    "DirectionSkill",
    "Entry",
    "Estimate",
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
    "VolatilitySkill",
    "agreement",
    "audit",
    "backtest",
    "band_edges",
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
    "recorded",
    "rehearsal",
    "scorable",
    "scoreboard",
    "settle",
    "skill_band",
    "track_record",
    "trade",
    "uniformity",
]
