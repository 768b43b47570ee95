"""Proof: what forecasts were worth on bars that came after training."""

from foretell.backtest.account import Account, settle
from foretell.backtest.ledger import Ledger, data_folder
from foretell.backtest.market import TYPICAL_COSTS, Costs, Market, Rule
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
from foretell.backtest.record import (
    NO_RECORD,
    Comparison,
    TrackRecord,
    hold_out,
    measure,
    rehearsal,
    track_record,
)
from foretell.backtest.rules import Kelly, Threshold
from foretell.backtest.significance import DieboldMariano, diebold_mariano
from foretell.backtest.trading import Curve, Trading, trade
from foretell.backtest.trials import Trial, Trials

__all__ = [
    "NO_RECORD",
    "TYPICAL_COSTS",
    "Account",
    "Comparison",
    "Costs",
    "Curve",
    "DeflatedSharpe",
    "DieboldMariano",
    "Kelly",
    "Ledger",
    "Market",
    "Moments",
    "Overfitting",
    "Rule",
    "Threshold",
    "TrackRecord",
    "Trading",
    "Trial",
    "Trials",
    "data_folder",
    "deflated_sharpe",
    "diebold_mariano",
    "expected_maximum",
    "hold_out",
    "measure",
    "minimum_backtest_length",
    "minimum_track_record",
    "overfitting_probability",
    "probabilistic_sharpe",
    "rehearsal",
    "settle",
    "track_record",
    "trade",
]
