"""One series traded bar by bar: orders at the next open, after costs.

What is known at the close of bar t is traded at the open of bar t + 1. Between orders a holding
drifts with its price: what is kept constant is the number of units, not the share of the equity.
A frame of closes alone has each bar's close for its open, so there an order is filled at the next
close. Axes: T bars.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np

from foretell.proof.market import TYPICAL_COSTS, Costs

__all__ = ["BAND", "Account", "settle"]

BAND = 0.05
ROUNDING = 1e-9


@dataclass(frozen=True)
class Account:
    """One series traded, marked at each close.

    Attributes
    ----------
    equity_T : ndarray of float64, shape (T,)
        1 at the first close, at which the first forecast is known.
    held_T : ndarray of float64, shape (T,)
        Share of the equity held.
    traded_T : ndarray of float64, shape (T,)
        Value of the order filled in the bar, as a share of the equity; 0 without one.
    """

    equity_T: np.ndarray
    held_T: np.ndarray
    traded_T: np.ndarray


def settle(
    target_T: np.ndarray,
    open_T: np.ndarray,
    close_T: np.ndarray,
    costs: Costs = TYPICAL_COSTS,
    band: float = BAND,
) -> Account:
    """Trade towards target shares, each filled at the open of the bar after its own.

    Parameters
    ----------
    target_T : ndarray of float64, shape (T,)
        Wanted at the close of each bar; NaN for no order.
    open_T, close_T : ndarray of float64, shape (T,)
    costs : Costs
    band : float
        A holding that has drifted by no more than this share of the equity is left alone,
        unless nothing is to be held.

    Returns
    -------
    Account
        An equity of zero, which a short can reach, stays zero.
    """
    bars = list(_bars(target_T, open_T, close_T, costs.rate, band))
    equity_T, held_T, traded_T = np.array([(1.0, 0.0, 0.0), *bars]).T
    return Account(equity_T, held_T, traded_T)


def _bars(
    target_T: np.ndarray, open_T: np.ndarray, close_T: np.ndarray, rate: float, band: float
) -> Iterator[tuple[float, float, float]]:
    """Equity, share held and share traded at each close after the first."""
    wanted, opens, closes = target_T.tolist(), open_T.tolist(), close_T.tolist()
    equity, holding, before = 1.0, 0.0, closes[0]
    for target, opened, closed in zip(wanted[:-1], opens[1:], closes[1:], strict=True):
        change = holding * (opened / before - 1.0)
        equity, holding, traded = equity + change, holding + change, 0.0
        if equity > 0.0 and _wants_order(target, holding / equity, band):
            order = _order(target, equity, holding, rate)
            traded = abs(order) / equity
            equity, holding = equity - rate * abs(order), holding + order
        change = holding * (closed / opened - 1.0)
        equity, holding, before = equity + change, holding + change, closed
        if equity <= 0.0:
            equity = holding = 0.0
        yield equity, holding / equity if equity else 0.0, traded


def _wants_order(target: float, held: float, band: float) -> bool:
    if not isfinite(target):
        return False
    return abs(target - held) > band + ROUNDING or (target == 0.0 and held != 0.0)


def _order(target: float, equity: float, holding: float, rate: float) -> float:
    """Value to buy (or sell, negative) so that the target holds after the order's own cost.

    ``holding + order = target * (equity - rate * abs(order))``, solved for the order.
    """
    distance = target * equity - holding
    side = 1.0 if distance > 0.0 else -1.0
    return distance / (1.0 + side * target * rate)
