"""What is traded, by which rule and at what cost.

Axes: T bars, K quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from foretell.errors import ShortHistory, UsageError
from foretell.forecast import Trace

__all__ = ["FEWEST_BARS", "TYPICAL_COSTS", "Costs", "Market", "Rule"]

FEWEST_BARS = 3
MOST_POINTS = 1_000.0


@dataclass(frozen=True)
class Costs:
    """What an order costs, in basis points of its value.

    Parameters
    ----------
    fee : float
        Of the exchange.
    slippage : float
        How much worse than the open an order is filled.
    """

    fee: float = 10.0
    slippage: float = 5.0

    def __post_init__(self) -> None:
        for name, points in (("fee", self.fee), ("slippage", self.slippage)):
            if not 0.0 <= points <= MOST_POINTS:
                message = f"{name} of {points} basis points; give 0 to {MOST_POINTS:g}"
                raise UsageError(message)

    @property
    def rate(self) -> float:
        """Cost of an order as a share of its value."""
        return (self.fee + self.slippage) / 10_000.0


TYPICAL_COSTS = Costs()


@dataclass(frozen=True)
class Market:
    """Consecutive bars of one priced series, with what was forecast at the close of each.

    Attributes
    ----------
    name : str
    time_T : ndarray of int64, shape (T,)
        Open times in seconds since 1970.
    open_T, close_T : ndarray of float64, shape (T,)
    q_TK : ndarray of float64, shape (T, K)
        Quantiles of the log of a later close. A row of NaN is a bar without a forecast.
    levels_K : ndarray of float64, shape (K,)
    """

    name: str
    time_T: np.ndarray
    open_T: np.ndarray
    close_T: np.ndarray
    q_TK: np.ndarray
    levels_K: np.ndarray

    def __post_init__(self) -> None:
        count = len(self.time_T)
        shapes = (self.open_T.shape, self.close_T.shape, self.q_TK.shape)
        if shapes != ((count,), (count,), (count, len(self.levels_K))):
            message = (
                f"opens, closes and quantiles of shapes {shapes} for {count} bars and "
                f"{len(self.levels_K)} levels; give each a row a bar"
            )
            raise UsageError(message)
        if count < FEWEST_BARS:
            message = f"{count} bars of {self.name!r} cannot be traded; give {FEWEST_BARS} or more"
            raise ShortHistory(message)

    @property
    def closes_alone(self) -> bool:
        """Whether there are no opens, so that orders are filled at closes."""
        return bool((self.open_T == self.close_T).all())

    @classmethod
    def of(cls, trace: Trace, levels_K: np.ndarray, horizon: int = 1) -> Self:
        """Bars and forecasts of one series from a pass over it.

        Parameters
        ----------
        trace : Trace
        levels_K : ndarray of float64, shape (K,)
        horizon : int
            How many bars ahead the traded forecast looks.

        Raises
        ------
        UsageError
            The series is not priced, or the forecasts do not reach so far.
        """
        row, reach = trace.sequence, trace.q_THK.shape[1]
        if not row.priced:
            message = (
                f"{row.name!r} has no prices, so it cannot be traded; give a frame with 'close'"
            )
            raise UsageError(message)
        if not 1 <= horizon <= reach:
            message = f"forecasts reach 1 to {reach} bars ahead, so none can be traded at {horizon}"
            raise UsageError(message)
        value_TC = row.value_TC[trace.first :]
        return cls(
            name=row.name,
            time_T=row.time_T[trace.first :],
            open_T=value_TC[:, row.columns.index("open")],
            close_T=value_TC[:, row.columns.index("close")],
            q_TK=trace.q_THK[:, horizon - 1],
            levels_K=levels_K,
        )


class Rule(Protocol):
    """From forecasts to holdings."""

    @property
    def name(self) -> str:
        """How results speak of it."""

    def target(self, market: Market, costs: Costs) -> np.ndarray:
        """Share of the equity to hold after each bar's close, shape (T,).

        1 is all of it, 0 nothing, negative is short; NaN gives no order. Row t may look at rows
        up to t and no further.
        """
