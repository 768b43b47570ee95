"""Whether the forecasts of a backtest make money, against the luck of all that was tried."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from foretell.errors import LedgerError, ShortHistory
from foretell.forecast import Trace
from foretell.proof.ledger import Ledger
from foretell.proof.market import Costs, Market, Rule
from foretell.proof.overfitting import DeflatedSharpe, Overfitting, overfitting_probability
from foretell.proof.rules import Kelly, Threshold
from foretell.proof.trading import Trading, trade
from foretell.proof.trials import Trial, Trials
from foretell.series import Sequence, fingerprint

__all__ = ["RULES", "Money", "enter", "enter_untraded", "trade_all"]

# The first is the one that is told of; the others show how much hangs on the choice.
RULES: tuple[Rule, ...] = (
    Kelly(0.5),
    Kelly(1.0),
    Kelly(0.5, short=True),
    Threshold(0.5),
    Threshold(0.55),
    Threshold(0.5, short=True),
)
CERTAIN = 0.95


@dataclass(frozen=True)
class Money:
    """What trading on the forecasts would have made.

    Attributes
    ----------
    tradings : tuple of Trading
        One a rule; the first is the one that is judged.
    deflated : DeflatedSharpe
        Its Sharpe ratio against the best that so many trials would show by luck.
    overfitting : Overfitting or None
        How often the best rule of one half of the time is a bad one in the other.
    counted : bool
        Whether the ledger took the trials down. If not, more was tried than is counted here.
    """

    tradings: tuple[Trading, ...]
    deflated: DeflatedSharpe
    overfitting: Overfitting | None
    counted: bool

    @property
    def sentence(self) -> str:
        """The result for a person."""
        first = self.tradings[0]
        real = "more than luck" if self.deflated.probability > CERTAIN else "no more than luck"
        luck = (
            f"Over {self.deflated.trials} trials on this data its Sharpe ratio is {real} "
            f"(deflated: {self.deflated.probability:.0%} sure)."
        )
        parts = [first.sentence, luck]
        if self.overfitting is not None:
            parts.append(
                f"Probability that the best of {len(self.tradings)} rules is overfitted: "
                f"{self.overfitting.probability:.0%}."
            )
        if not self.counted:
            parts.append("The ledger could not be written: these trials are not counted.")
        return " ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Figures and sentence, ready for JSON."""
        overfitted = self.overfitting.probability if self.overfitting else None
        return {
            "rules": [each.to_dict() for each in self.tradings],
            "deflated_sharpe": asdict(self.deflated),
            "overfitting_probability": overfitted,
            "counted": self.counted,
            "sentence": self.sentence,
        }


def trade_all(traces: Rows[Trace], levels_K: np.ndarray, costs: Costs) -> tuple[Trading, ...]:
    """Trade every rule on forecasts of one bar ahead."""
    markets = [Market.of(trace, levels_K) for trace in traces]
    return tuple(trade(markets, rule, costs) for rule in RULES)


def enter(
    tradings: Rows[Trading], rows: Rows[Sequence], settings: dict[str, Any], ledger: Ledger
) -> Money:
    """Write the trials down, count all that share their data, and judge the first rule.

    Parameters
    ----------
    tradings : list of Trading
    rows : list of Sequence
        Whole histories.
    settings : dict
        What was chosen.
    ledger : Ledger
    """
    trials = [_traded(each, rows, settings) for each in tradings]
    counted = True
    try:
        for trial in trials:
            ledger.append(trial)
        known = ledger.trials(data=trials[0].data)
    except LedgerError:
        counted, known = False, Trials.distinct(trials)
    strategy = tradings[0].strategy
    return Money(
        tuple(tradings),
        known.deflate(strategy.moments, strategy.bars_per_year),
        _overfitting(tradings),
        counted,
    )


def enter_untraded(traces: Rows[Trace], settings: dict[str, Any], ledger: Ledger) -> None:
    """Write down a trial in which nothing was traded: it was a try all the same."""
    rows = [trace.sequence for trace in traces]
    first = min(int(trace.sequence.time_T[trace.first]) for trace in traces)
    trial = _trial(rows, settings, first, max(int(row.time_T[-1]) for row in rows))
    with suppress(LedgerError):
        ledger.append(trial)


def _traded(trading: Trading, rows: Rows[Sequence], settings: dict[str, Any]) -> Trial:
    strategy = trading.strategy
    return _trial(
        rows,
        settings | {"rule": trading.rule, "costs": asdict(trading.costs)},
        int(strategy.time_T[0]),
        int(strategy.time_T[-1]),
        summary=strategy.figures(),
        moments=strategy.moments,
        bars_per_year=strategy.bars_per_year,
    )


def _trial(
    rows: Rows[Sequence], chosen: dict[str, Any], start: int, end: int, **figures: Any
) -> Trial:
    return Trial(
        kind="backtest",
        data=fingerprint(rows),
        series=tuple(row.name for row in rows),
        configuration={name: value for name, value in chosen.items() if name != "data"},
        horizon=chosen["horizon"],
        start=start,
        end=end,
        **figures,
    )


def _overfitting(tradings: Rows[Trading]) -> Overfitting | None:
    try:
        return overfitting_probability(np.stack([t.strategy.return_T for t in tradings], axis=1))
    except ShortHistory:
        return None
