"""From a forecast distribution to a holding: threshold, and capped Kelly.

Axes: T bars, K quantiles, M equally likely points of a distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretell.errors import UsageError
from foretell.forecast import QuantileCurve
from foretell.proof.market import Costs, Market

__all__ = ["Kelly", "Threshold"]

POINTS = 200
HALVINGS = 40  # to 1e-12 of the range
SAFE = 1.0 - 1e-9  # of the share at which the worst point takes everything
TINY = 1e-9


@dataclass(frozen=True)
class Threshold:
    """Hold everything when a rise beyond the costs is likely enough, and nothing otherwise.

    Parameters
    ----------
    probability : float
        What the probability of a gain beyond the costs of going in and out has to exceed.
    short : bool
        Whether to go short where a fall beyond the costs is as likely.
    """

    probability: float = 0.5
    short: bool = False

    def __post_init__(self) -> None:
        if not 0.0 < self.probability < 1.0:
            message = f"a probability of {self.probability} decides nothing; give 0 to 1"
            raise UsageError(message)

    @property
    def name(self) -> str:
        """How results speak of it."""
        return f"threshold {self.probability:.0%}" + (" long or short" if self.short else "")

    def target(self, market: Market, costs: Costs) -> np.ndarray:
        """Share of the equity to hold: 1, 0 or -1; NaN without a forecast."""
        known_T = np.isfinite(market.q_TK).all(axis=1)
        target_T = np.full(len(known_T), np.nan)
        for row in np.flatnonzero(known_T).tolist():
            curve = QuantileCurve(market.levels_K, market.q_TK[row], log=True)
            close = float(market.close_T[row])
            target_T[row] = self._side(curve, close, 2.0 * costs.rate)
        return target_T

    def _side(self, curve: QuantileCurve, close: float, round_trip: float) -> float:
        rise = 1.0 - curve.cdf(close * (1.0 + round_trip))
        fall = curve.cdf(close * (1.0 - round_trip)) if self.short else 0.0
        if max(rise, fall) <= self.probability:
            return 0.0
        return 1.0 if rise >= fall else -1.0


@dataclass(frozen=True)
class Kelly:
    """Hold the share that makes the expected growth of the logarithm of wealth largest.

    Kelly, A New Interpretation of Information Rate (Bell System Technical Journal 35, 1956). The
    growth is that over the forecast distribution itself, not its approximation by mean over
    variance. Costs do not enter the share.

    Parameters
    ----------
    fraction : float
        Part of that share to take: forecasts are less sure than they say. Above 1 nothing grows
        faster.
    cap : float
        Largest share of the equity, at most 1: what is borrowed has a price that is not known
        here.
    short : bool
        Whether a falling forecast is held short, to the same cap, or not at all.
    """

    fraction: float = 0.5
    cap: float = 1.0
    short: bool = False

    def __post_init__(self) -> None:
        for name, value in (("fraction", self.fraction), ("cap", self.cap)):
            if not 0.0 < value <= 1.0:
                message = f"a {name} of {value}; give more than 0 and at most 1"
                raise UsageError(message)

    @property
    def name(self) -> str:
        """How results speak of it."""
        part = "" if self.fraction == 1.0 else f"{self.fraction:g} "
        sides = " long or short" if self.short else ""
        return f"{part}Kelly up to {self.cap:.0%}{sides}"

    def target(self, market: Market, costs: Costs) -> np.ndarray:  # noqa: ARG002 - as in Rule
        """Share of the equity to hold; NaN without a forecast."""
        known_T = np.isfinite(market.q_TK).all(axis=1)
        target_T = np.full(len(known_T), np.nan)
        ahead_TM = _points(market.q_TK[known_T], market.levels_K)
        gain_TM = np.expm1(ahead_TM - np.log(market.close_T[known_T])[:, None])
        most = self.cap / self.fraction
        share_T = _fastest(gain_TM, -most if self.short else 0.0, most)
        target_T[known_T] = self.fraction * share_T
        return target_T


def _points(q_TK: np.ndarray, levels_K: np.ndarray) -> np.ndarray:
    """Equally likely points of each distribution, shape (T, M).

    Any quantile of `QuantileCurve` is linear in the known ones, lines and tails alike, so one
    set of weights serves all rows. Summed term by term: a matrix product may round a row
    differently alone than among others.
    """
    at_M = (np.arange(POINTS) + 0.5) / POINTS
    unit_KK = np.eye(len(levels_K))
    total_TM = np.zeros((len(q_TK), POINTS))
    for known_T, unit_K in zip(q_TK.T, unit_KK, strict=True):
        curve = QuantileCurve(levels_K, unit_K, log=False)
        weight_M = np.array([curve.quantile(level) for level in at_M.tolist()])
        total_TM += known_T[:, None] * weight_M
    return total_TM


def _fastest(gain_TM: np.ndarray, lowest: float, highest: float) -> np.ndarray:
    """Share between two limits with the largest mean of ``log(1 + share * gain)``.

    The slope of that mean falls as the share rises, so the limits are halved towards its zero.
    They are first drawn in to where no point of the distribution takes everything.
    """
    worst_T, best_T = gain_TM.min(axis=1), gain_TM.max(axis=1)
    low_T: np.ndarray = np.maximum(lowest, -SAFE / np.maximum(best_T, TINY))
    high_T = np.minimum(highest, SAFE / np.maximum(-worst_T, TINY))
    for _ in range(HALVINGS):
        middle_T = (low_T + high_T) / 2.0
        slope_T = (gain_TM / (1.0 + middle_T[:, None] * gain_TM)).mean(axis=1)
        low_T = np.where(slope_T > 0.0, middle_T, low_T)
        high_T = np.where(slope_T > 0.0, high_T, middle_T)
    return low_T  # exactly 0 where nothing should be held
