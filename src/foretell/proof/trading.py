"""Whether forecasts would have made money, beside buying and holding.

Axes: T bars.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from foretell.errors import UsageError
from foretell.proof.account import BAND, Account, settle
from foretell.proof.market import TYPICAL_COSTS, Costs, Market, Rule
from foretell.proof.overfitting import Moments
from foretell.series import stamp

__all__ = ["Curve", "Trading", "trade"]

YEAR = 365.25 * 86_400


@dataclass(frozen=True)
class Curve:
    """Equity over time.

    Attributes
    ----------
    time_T : ndarray of int64, shape (T,)
        Open times of the bars at whose closes the equity is marked, seconds since 1970.
    equity_T : ndarray of float64, shape (T,)
    """

    time_T: np.ndarray
    equity_T: np.ndarray

    @property
    def return_T(self) -> np.ndarray:
        """Simple returns, shape (T - 1,); 0 once everything is lost."""
        before_T = self.equity_T[:-1]
        change_T = np.diff(self.equity_T)
        return_T: np.ndarray = np.divide(
            change_T, before_T, out=np.zeros_like(change_T), where=before_T > 0.0
        )
        return return_T

    @property
    def years(self) -> float:
        """Time from the first mark to the last."""
        return float(self.time_T[-1] - self.time_T[0]) / YEAR

    @property
    def bars_per_year(self) -> float:
        """How many bars there were a year: days off count by themselves."""
        return (len(self.time_T) - 1) / self.years

    @property
    def moments(self) -> Moments:
        """Sharpe ratio of one bar, skewness and kurtosis."""
        return Moments.of(self.return_T)

    @property
    def sharpe(self) -> float:
        """Annual Sharpe ratio: that of one bar times the root of `bars_per_year`; cash earns 0."""
        return self.moments.sharpe * sqrt(self.bars_per_year)

    @property
    def total_return(self) -> float:
        """Gain over the whole span as a share of the start."""
        return float(self.equity_T[-1] / self.equity_T[0] - 1.0)

    @property
    def max_drawdown(self) -> float:
        """Deepest fall from an earlier peak, as a share of that peak."""
        return float((1.0 - self.equity_T / np.maximum.accumulate(self.equity_T)).max())

    def figures(self) -> dict[str, float]:
        """Every figure, ready for JSON."""
        return {
            "total_return": self.total_return,
            "sharpe": self.sharpe,
            "max_drawdown": self.max_drawdown,
        }


@dataclass(frozen=True)
class Trading:
    """A rule traded on one or many series, beside buying them all and waiting.

    Attributes
    ----------
    rule : str
    costs : Costs
    fills : str
        At which price orders were filled.
    strategy, hold : Curve
        Of the rule, and of buying at the first open that the rule could have bought at, at the
        same costs. Each series has an equal part of the capital, and the parts are kept apart.
    turnover : float
        Value of all orders a year as a multiple of the equity; in and out again counts 2.
    exposure : float
        Mean share of the equity that was held, short or long.
    orders : int
    """

    rule: str
    costs: Costs
    fills: str
    strategy: Curve
    hold: Curve
    turnover: float
    exposure: float
    orders: int

    @property
    def sentence(self) -> str:
        """The result for a person."""
        first, last = (stamp(int(self.strategy.time_T[end])) for end in (0, -1))
        one, other = self.strategy, self.hold
        return (
            f"From {first} to {last}, {self.rule} made {one.total_return:+.1%} after costs, buy "
            f"and hold {other.total_return:+.1%}; annual Sharpe ratio {one.sharpe:.2f} against "
            f"{other.sharpe:.2f}; deepest fall {one.max_drawdown:.1%} against "
            f"{other.max_drawdown:.1%}; turnover {self.turnover:.1f} times the equity a year."
        )

    def to_dict(self) -> dict[str, Any]:
        """Figures and sentence, ready for JSON; the curves are left out."""
        return {
            "rule": self.rule,
            "fee": self.costs.fee,
            "slippage": self.costs.slippage,
            "fills": self.fills,
            "strategy": self.strategy.figures(),
            "hold": self.hold.figures(),
            "turnover": self.turnover,
            "exposure": self.exposure,
            "orders": self.orders,
            "sentence": self.sentence,
        }


def trade(
    markets: Rows[Market], rule: Rule, costs: Costs = TYPICAL_COSTS, band: float = BAND
) -> Trading:
    """Trade a rule on one or many series.

    Parameters
    ----------
    markets : list of Market
    rule : Rule
    costs : Costs
    band : float
        See `foretell.proof.account.settle`.
    """
    if not markets:
        message = "no series to trade; give at least one market"
        raise UsageError(message)
    own = [
        settle(rule.target(each, costs), each.open_T, each.close_T, costs, band) for each in markets
    ]
    held = [
        settle(_once(len(each.time_T)), each.open_T, each.close_T, costs, band) for each in markets
    ]
    strategy = _together(markets, own)
    turnover = sum(float(each.traded_T.sum()) for each in own) / len(own) / strategy.years
    closes_alone = all(each.closes_alone for each in markets)
    return Trading(
        rule=rule.name,
        costs=costs,
        fills="close of the next bar" if closes_alone else "open of the next bar",
        strategy=strategy,
        hold=_together(markets, held),
        turnover=turnover,
        exposure=float(np.mean([np.abs(each.held_T).mean() for each in own])),
        orders=sum(int((each.traded_T > 0.0).sum()) for each in own),
    )


def _once(count: int) -> np.ndarray:
    """Buy with everything at the first chance, and give no order after."""
    target_T = np.full(count, np.nan)
    target_T[0] = 1.0
    return target_T


def _together(markets: Rows[Market], accounts: Rows[Account]) -> Curve:
    """Mean equity at every instant; a part is at 1 before its series begins, at rest after."""
    instants = np.unique(np.concatenate([each.time_T for each in markets]))
    total_T = np.zeros(len(instants))
    for each, traded in zip(markets, accounts, strict=True):
        last_T = np.searchsorted(each.time_T, instants, side="right") - 1
        total_T += np.where(last_T < 0, 1.0, traded.equity_T[np.maximum(last_T, 0)])
    return Curve(instants, total_T / len(accounts))
