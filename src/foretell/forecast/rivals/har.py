"""Heterogeneous autoregression of realised volatility: a day, a week and a month of memory.

Corsi (Journal of Financial Econometrics 7, 2009, eq. 10) regresses the realised volatility ahead
on its averages over three spans. Here it is direct: each horizon h has a regression of its own,

    g(RV[t, t+h]) = c + b1 * g(RV[t-1, t]) + b2 * g(RV[t-w, t]) + b3 * g(RV[t-m, t])

where RV[a, b] is the root of the mean variance of the bars after a up to b. A bar's variance is
that of Garman and Klass, from its range, or the squared change where there is none. With ranges
g is the logarithm, which a squared change is too noisy for; then it is nothing.

Axes: T time, N bars to learn from, H horizons, J memories with the constant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretell.forecast.anchoring import SETTLING
from foretell.forecast.rivals.empirical import SMALLEST, Empirical
from foretell.forecast.rivals.seasons import season
from foretell.forecast.targets import level
from foretell.series import Frequency, Sequence

__all__ = ["Har", "Link", "bar_variance", "memories"]

WEEKS_IN_MONTH = 365.25 / 12 / 7
TRADING_WEEK = 5  # bars in the middle memory where the step suggests none, as Corsi has it
LONGEST_STEP = 86_400  # of bars whose season is the middle memory
PRICES = {"open", "high", "low", "close"}
LOWEST_SHARE = 0.05  # of the usual volatility: halted bars have a logarithm, a line no zero


class Har(Empirical):
    """A random walk whose volatility is a heterogeneous autoregression, by horizon.

    The scale is the volatility of one bar; how it grows with the horizon is in the quantiles.
    """

    name = "HAR"

    def _path(self, row: Sequence, first: int) -> tuple[np.ndarray, np.ndarray]:
        variance_T = bar_variance(row)
        usual = float(np.sqrt(variance_T[:first].mean()))
        link = Link(max(LOWEST_SHARE * usual, SMALLEST), logs=_has_ranges(row.head(first)))
        input_JT = _inputs(variance_T, memories(row.frequency), link)
        scale_TH = np.empty((len(row), self.horizon))
        for step in range(1, self.horizon + 1):
            target_N = link.bend(_volatility_ahead(variance_T[:first], step))[SETTLING:]
            weight_J = _least_squares(input_JT[:, SETTLING:][:, : len(target_N)], target_N)
            # A sum of whole arrays: a matrix product may round a bar by what follows it.
            fitted_T = np.sum([w * x_T for w, x_T in zip(weight_J, input_JT, strict=True)], axis=0)
            scale_TH[:, step - 1] = link.unbend(fitted_T)
        return level(row)[:, None], scale_TH


@dataclass(frozen=True)
class Link:
    """What volatilities are taken through before they are added up.

    Attributes
    ----------
    lowest : float
        Volatilities below count as this.
    logs : bool
        Whether it is the logarithm, or nothing.
    """

    lowest: float
    logs: bool

    def bend(self, volatility_T: np.ndarray) -> np.ndarray:
        """From volatility to what is added up."""
        volatility_T = np.maximum(volatility_T, self.lowest)
        return np.log(volatility_T) if self.logs else volatility_T

    def unbend(self, sum_T: np.ndarray) -> np.ndarray:
        """And back."""
        volatility_T: np.ndarray = np.maximum(np.exp(sum_T) if self.logs else sum_T, self.lowest)
        return volatility_T


def memories(frequency: Frequency) -> tuple[int, int, int]:
    """Bars in the three memories: 1, 7 and 30 for days, 1, 5 and 22 for working days."""
    middle = season(frequency) if frequency.seconds <= LONGEST_STEP else 1
    middle = middle if middle > 1 else TRADING_WEEK
    return 1, middle, round(middle * WEEKS_IN_MONTH)


def bar_variance(row: Sequence) -> np.ndarray:
    """Variance of each bar in target space, shape (T,); 0 for the first where it is unknown.

    Garman and Klass (Journal of Business 53, 1980, eq. 20 without its small terms), plus the
    squared move from the close before to the open.
    """
    level_T = level(row)
    before_T = np.append(level_T[0], level_T[:-1])
    if not set(row.columns) >= PRICES:
        squared_T: np.ndarray = (level_T - before_T) ** 2
        return squared_T
    opened_T, high_T, low_T = (np.log(_column(row, name)) for name in ("open", "high", "low"))
    before_T[0] = opened_T[0]
    body_T = level_T - opened_T
    inside_T = 0.5 * (high_T - low_T) ** 2 - (2.0 * np.log(2.0) - 1.0) * body_T**2
    variance_T: np.ndarray = (opened_T - before_T) ** 2 + np.maximum(inside_T, 0.0)
    return variance_T


def _has_ranges(past: Sequence) -> bool:
    """Whether most bars have a high above their low; closes alone are given four equal prices."""
    if not set(past.columns) >= PRICES:
        return False
    return float(np.median(_column(past, "high") - _column(past, "low"))) > 0.0


def _column(row: Sequence, name: str) -> np.ndarray:
    return row.value_TC[:, row.columns.index(name)]


def _inputs(variance_T: np.ndarray, spans: tuple[int, ...], link: Link) -> np.ndarray:
    """A constant, and the volatility over the last bars of each span; shape (J, T)."""
    rows = [np.ones(len(variance_T))]
    total_T = np.append(0.0, np.cumsum(variance_T))
    ends_T = np.arange(1, len(total_T))
    for span in spans:
        starts_T = np.maximum(ends_T - span, 0)  # what there is, while the history is shorter
        mean_T = (total_T[ends_T] - total_T[starts_T]) / (ends_T - starts_T)
        rows.append(link.bend(np.sqrt(np.maximum(mean_T, 0.0))))
    return np.stack(rows)


def _volatility_ahead(variance_N: np.ndarray, step: int) -> np.ndarray:
    """Volatility over the next bars, for all bars but the last ones, whose future is unknown."""
    total_N = np.append(0.0, np.cumsum(variance_N))
    ahead_N: np.ndarray = np.sqrt(np.maximum(total_N[step + 1 :] - total_N[1:-step], 0.0) / step)
    return ahead_N


def _least_squares(input_JN: np.ndarray, target_N: np.ndarray) -> np.ndarray:
    weight_J: np.ndarray = np.linalg.lstsq(input_JN.T, target_N, rcond=None)[0]
    return weight_J
