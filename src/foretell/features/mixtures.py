"""Many plain forecasts at once, each weighed by how well it has done on this very series.

Combining forecasts by their past errors is due to Bates and Granger (Operational Research
Quarterly 20, 1969). Here the members are all that a user of naive methods would try: the last
level, recent means, straight lines, and seasons of one to three periods ago, as they were or moved
to the present level.

Axes: M members, H horizons, N bars kept, R bars until a forecast is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from foretell.features.paths import Path, Recursion

__all__ = ["Mixture"]

POWER = 4.0  # of an error, by which its member's weight falls
KEPT = 0.99  # of what was known of errors, bar by bar
SEASONS_BACK = (1, 2, 3)
MEANS = (1 / 3, 2 / 3, 4 / 3)  # of the horizon
LINES = (2, 8)  # horizons
CHECKED = 2 / 3  # of the horizon: how far ahead errors are measured
FLOOR = 1e-3  # smallest error, in the mean one of all members
SMALLEST = 1e-300  # the same where none has ever missed


@dataclass(frozen=True)
class Mixture(Path):
    """Mean of plain forecasts, weighed by the fourth power of their inverse errors.

    Attributes
    ----------
    horizon : int
    periods : tuple of int
        Bars in each season, the shortest first; none for a sequence without.
    """

    kind: ClassVar[str] = "mixture"
    shown: ClassVar[bool] = True
    linear: ClassVar[bool] = False
    horizon: int
    periods: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """See `Path.name`."""
        return "mixture"

    @property
    def told(self) -> str:
        """See `Path.told`."""
        seasons = f", seasons of {' and '.join(map(str, self.periods))} bars" * bool(self.periods)
        return f"plain forecasts weighed by their errors (last values, means, lines{seasons})"

    @property
    def settling(self) -> int:
        """See `Path.settling`."""
        return self.reach + max(self.periods, default=0)

    @cached_property
    def members(self) -> Members:
        """What is mixed."""
        return Members(self.horizon, self.periods)

    @cached_property
    def reach(self) -> int:
        """Bars ahead at which errors are measured.

        Not where seasons are in phase: there the last value would pass for a seasonal forecast.
        """
        wanted = max(1, round(CHECKED * self.horizon))
        shortest = min(self.periods, default=1)
        apart = [min(r % shortest, -r % shortest) for r in range(1, self.horizon + 1)]
        good = [r for r, phase in enumerate(apart, 1) if phase >= min(wanted, shortest / 4)]
        return min(good, key=lambda r: abs(r - wanted), default=wanted)

    def start(self) -> Recursion:
        """See `Path.start`."""
        return _Mixing(self)


class Members:
    """Plain forecasts: a level of the past, moved by what lies between two means, and a slope.

    Parameters
    ----------
    horizon : int
    periods : tuple of int

    Attributes
    ----------
    needed_M : ndarray of int
        Bars before a member says anything.
    """

    def __init__(self, horizon: int, periods: tuple[int, ...]) -> None:
        kinds = _listed(horizon, periods)
        lag_M, window_M, line_M = np.array(kinds).T
        self.needed_M = lag_M + np.maximum(window_M, line_M)
        self.bars = bars = int(self.needed_M.max())
        steps_H = np.arange(horizon)
        self._place_MH = bars - lag_M[:, None] + steps_H % lag_M[:, None]
        # A season is moved from its own mean to that of now, a recent mean is moved to from the
        # last level; the others from the last level to the last level, which is nowhere.
        moved_M = window_M > 0
        self._now_M = np.where(moved_M, window_M, 1)
        self._then_M = np.where(moved_M & (lag_M > 1), window_M, 1)
        self._until_M = np.where(moved_M & (lag_M > 1), bars - lag_M, bars)
        self._line_M = np.maximum(line_M, 1)
        self._slope_MH = np.where(line_M[:, None] > 0, 1.0 + steps_H, 0.0)

    def ways(self, past_N: np.ndarray) -> np.ndarray:
        """Levels ahead by each member, shape (M, H); of those that lack bars, anything.

        Parameters
        ----------
        past_N : ndarray of float64
            The last `bars` levels, the oldest first.
        """
        sum_N = np.concatenate([np.zeros(1), np.cumsum(past_N)])
        until_M, then_M = self._until_M, self._then_M
        move_M = (sum_N[-1] - sum_N[self.bars - self._now_M]) / self._now_M
        move_M -= (sum_N[until_M] - sum_N[until_M - then_M]) / then_M
        slope_M = (past_N[-1] - past_N[self.bars - 1 - self._line_M]) / self._line_M
        ways_MH: np.ndarray = past_N[self._place_MH] + move_M[:, None]
        ways_MH += slope_M[:, None] * self._slope_MH
        return ways_MH


def _listed(horizon: int, periods: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Bars back to what is repeated, bars of a mean it is moved by, and of a line, or 0."""
    kinds = [(1, 0, 0)]
    kinds += [(1, max(2, round(share * horizon)), 0) for share in MEANS]
    kinds += [(1, 0, times * horizon) for times in LINES]
    for shorter, period in zip((1, *periods), periods, strict=False):
        for lag in (times * period for times in SEASONS_BACK):
            kinds += [(lag, 0, 0), (lag, shorter, 0), (lag, period, 0)]
    return kinds


class _Mixing:
    """The last bars, what the members said of bars to come, and how they have missed."""

    def __init__(self, of: Mixture) -> None:
        self._members = of.members
        size = len(self._members.needed_M)
        self._count = 0
        self._past_N = np.zeros(self._members.bars)
        self._said_RM = np.full((of.reach, size + 1), np.nan)  # the mixture's own comes last
        self._error_M, self._weight_M = np.zeros(size), np.zeros(size)
        self._coming_H = np.zeros(of.horizon)

    def expected(self, last: float) -> float:
        """What was said of the coming bar, as many bars before it as errors are measured at."""
        said = float(self._said_RM[self._count % len(self._said_RM), -1])
        return last if np.isnan(said) else said

    def step(self, level: float, bars: int) -> None:
        for _ in range(bars - 1 if self._count else 0):  # a missing bar is as it was expected
            self._take(float(self._coming_H[0]))
        self._learn(level)
        self._take(level)

    def ahead(self, horizon: int, last: float) -> list[float]:
        del last
        coming: list[float] = self._coming_H[:horizon].tolist()
        return coming

    def state(self) -> list[float]:
        parts = (self._past_N, self._said_RM, self._error_M, self._weight_M, self._coming_H)
        return [float(self._count), *np.concatenate([part.ravel() for part in parts]).tolist()]

    def restore(self, state: list[float]) -> None:
        self._count, place = int(state[0]), 1
        for part in (self._past_N, self._said_RM, self._error_M, self._weight_M, self._coming_H):
            part.ravel()[:] = state[place : place + part.size]
            place += part.size

    def _learn(self, level: float) -> None:
        error_M = np.abs(self._said_RM[self._count % len(self._said_RM), :-1] - level)
        known_M = ~np.isnan(error_M)
        kept_M = np.where(known_M, KEPT, 1.0)
        self._error_M = kept_M * self._error_M + np.where(known_M, error_M, 0.0)
        self._weight_M = kept_M * self._weight_M + known_M

    def _take(self, level: float) -> None:
        """Take in a level, whether it was seen or not, and forecast from it."""
        self._past_N = np.append(self._past_N[1:], level)
        ways_MH = self._members.ways(self._past_N)
        # Sums of whole rows: a matrix product may round differently from one run to the next.
        self._coming_H = (self._shares()[:, None] * ways_MH).sum(axis=0)
        said_M = self._said_RM[self._count % len(self._said_RM)]
        begun_M = self._count + 1 >= self._members.needed_M
        said_M[:-1] = np.where(begun_M, ways_MH[:, len(self._said_RM) - 1], np.nan)
        said_M[-1] = self._coming_H[len(self._said_RM) - 1]
        self._count += 1

    def _shares(self) -> np.ndarray:
        """Of each member; all of the last level's until one has been checked."""
        known_M = self._weight_M > 0.0
        if not known_M.any():
            first_M: np.ndarray = np.eye(1, len(known_M))[0]
            return first_M
        error_M = self._error_M / np.where(known_M, self._weight_M, 1.0)
        floor = max(FLOOR * float(error_M[known_M].mean()), SMALLEST)
        inverse_M = np.where(known_M, (floor / np.maximum(error_M, floor)) ** POWER, 0.0)
        share_M: np.ndarray = inverse_M / inverse_M.sum()
        return share_M
