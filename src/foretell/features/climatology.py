"""Climatology: a mean and waves with the periods of the seasons, fitted on the way.

Axes: K constants and waves, L bars.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from foretell.features.paths import Path, Recursion

__all__ = ["Climatology"]

MEMORY = 5.0  # longest periods, after which a bar weighs 1/e
# Of the constant's weight, added to that of each wave: it keeps a wave of next to nothing small.
RIDGE = 0.002
FITS = 64  # times in the shortest period that the waves are fitted anew


@dataclass(frozen=True)
class Climatology(Path):
    """Least squares on sines and cosines, each bar weighed less as it goes by.

    ``y = a + sum_p sum_k b_pk sin(2 pi k t / p) + c_pk cos(2 pi k t / p)``, fitted on the bars up
    to the last one and on no later one. So it needs no name of the series, no unit, and goes on
    learning.

    Attributes
    ----------
    periods : tuple of float
        In bars.
    harmonics : int
        Waves a period.
    """

    kind: ClassVar[str] = "climatology"
    periods: tuple[float, ...]
    harmonics: int = 2

    @property
    def name(self) -> str:
        """See `Path.name`."""
        return "climatology"

    @property
    def told(self) -> str:
        """See `Path.told`."""
        periods = " and ".join(f"{period:g}" for period in self.periods)
        return f"climatology of {periods} bars"

    @property
    def settling(self) -> int:
        """See `Path.settling`."""
        return round(max(self.periods))

    def start(self) -> Recursion:
        """See `Path.start`."""
        return _Waves(self)

    @cached_property
    def _pace(self) -> np.ndarray:
        """Radians a bar of every wave."""
        waves = [
            2.0 * np.pi * number / period
            for period in self.periods
            for number in range(1, self.harmonics + 1)
            if period >= 2.0 * number
        ]
        return np.array(waves)

    def design(self, first: int, bars: int) -> np.ndarray:
        """Regressors of consecutive bars, shape (L, K)."""
        angle_LW = np.arange(first, first + bars)[:, None] * self._pace
        return np.hstack([np.ones((bars, 1)), np.sin(angle_LW), np.cos(angle_LW)])


class _Waves:
    """Weighted sums over the bars so far, and what was fitted last."""

    def __init__(self, of: Climatology) -> None:
        self._of = of
        size = of.design(0, 1).shape[1]
        self._count = 0  # bars up to the last one, missing ones included
        self._keep = np.exp(-1.0 / (MEMORY * max(of.periods)))
        self._every = max(1, int(min(of.periods) // FITS))
        self._gram_KK, self._moment_K = np.zeros((size, size)), np.zeros(size)
        self._fit_K: np.ndarray | None = None
        self._fitted = -1

    def expected(self, last: float) -> float:
        return last if self._fit_K is None else float(self._at(self._count, 1)[0])

    def step(self, level: float, bars: int) -> None:
        self._count += bars
        (regressor_K,) = self._of.design(self._count - 1, 1)
        keep = self._keep**bars
        self._gram_KK = keep * self._gram_KK + np.outer(regressor_K, regressor_K)
        self._moment_K = keep * self._moment_K + level * regressor_K
        due = self._fitted < 0 or self._count - self._fitted >= self._every
        if self._count >= max(self._of.periods) and due:
            ridge_K = np.full(len(regressor_K), RIDGE * self._gram_KK[0, 0])
            ridge_K[0] = 0.0
            self._fit_K = np.linalg.solve(self._gram_KK + np.diag(ridge_K), self._moment_K)
            self._fitted = self._count

    def ahead(self, horizon: int, last: float) -> list[float]:
        if self._fit_K is None:
            return [last] * horizon
        coming: list[float] = self._at(self._count, horizon).tolist()
        return coming

    def _at(self, first: int, bars: int) -> np.ndarray:
        level_L: np.ndarray = (self._of.design(first, bars) * self._fit_K).sum(axis=1)
        return level_L

    def state(self) -> list[float]:
        fit_K = np.zeros_like(self._moment_K) if self._fit_K is None else self._fit_K
        parts = (self._gram_KK.ravel(), self._moment_K, fit_K)
        return [float(self._count), float(self._fitted), *np.concatenate(parts).tolist()]

    def restore(self, state: list[float]) -> None:
        size = len(self._moment_K)
        self._count, self._fitted = int(state[0]), int(state[1])
        gram, self._moment_K, fit_K = np.split(
            np.array(state[2:]), [size * size, size * (size + 1)]
        )
        self._gram_KK = gram.reshape(size, size)
        self._fit_K = fit_K if self._fitted >= 0 else None
