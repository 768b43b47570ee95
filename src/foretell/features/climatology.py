"""Climatology: a mean and waves with the periods of the seasons, fitted on the way.

Axes: W waves, K a constant and the sine and cosine of every wave, L bars ahead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from foretell.features.paths import Path, Recursion

__all__ = ["Climatology"]

MEMORY = 5.0  # longest periods, after which a bar weighs 1/e
# Of the constant's weight, added to that of each wave: it keeps a wave of next to nothing small.
RIDGE = 0.002
FITS = 64  # times in the longest period that the waves are fitted anew


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
    def pace_W(self) -> np.ndarray:
        """Radians a bar of every wave that is at least two bars long."""
        waves = [
            2.0 * np.pi * number / period
            for period in self.periods
            for number in range(1, self.harmonics + 1)
            if period >= 2.0 * number
        ]
        return np.array(waves)


class _Waves:
    """Weighted sums over the bars so far, and what was fitted last."""

    def __init__(self, of: Climatology) -> None:
        self._pace_W, self._longest = of.pace_W, max(of.periods)
        size = 1 + 2 * len(self._pace_W)
        self._count = 0  # bars up to the last one, missing ones included
        self._keep = math.exp(-1.0 / (MEMORY * self._longest))
        self._every = max(1, int(self._longest // FITS))
        self._gram_KK, self._moment_K = np.zeros((size, size)), np.zeros(size)
        self._fit_K: np.ndarray | None = None
        self._fitted = -1
        self._turn_LW: tuple[np.ndarray, np.ndarray] = np.empty((0, 0)), np.empty((0, 0))

    def expected(self, last: float) -> float:
        return self.ahead(1, last)[0]

    def step(self, level: float, bars: int) -> None:
        self._count += bars
        angle_W = self._pace_W * (self._count - 1)
        regressor_K = np.concatenate([[1.0], np.sin(angle_W), np.cos(angle_W)])
        keep = self._keep**bars
        self._gram_KK = keep * self._gram_KK + regressor_K[:, None] * regressor_K
        self._moment_K = keep * self._moment_K + level * regressor_K
        due = self._fitted < 0 or self._count - self._fitted >= self._every
        if self._count >= self._longest and due:
            self._fit()

    def _fit(self) -> None:
        ridge_K = np.full(len(self._moment_K), RIDGE * self._gram_KK[0, 0])
        ridge_K[0] = 0.0
        self._fit_K = np.linalg.solve(self._gram_KK + np.diag(ridge_K), self._moment_K)
        self._fitted = self._count

    def ahead(self, horizon: int, last: float) -> list[float]:
        if self._fit_K is None:
            return [last] * horizon
        waves = len(self._pace_W)
        by_sin_W, by_cos_W = self._fit_K[1 : 1 + waves], self._fit_K[1 + waves :]
        angle_W = self._pace_W * (self._count - 1)
        sin_W, cos_W = np.sin(angle_W), np.cos(angle_W)
        # Each wave turned on from the last bar by the sums of angles, so that the sines and
        # cosines of the bars ahead are known beforehand.
        turn_sin_LW, turn_cos_LW = self._turns(horizon)
        along_LW = turn_cos_LW * (by_sin_W * sin_W + by_cos_W * cos_W)
        across_LW = turn_sin_LW * (by_sin_W * cos_W - by_cos_W * sin_W)
        coming: list[float] = (self._fit_K[0] + (along_LW + across_LW).sum(axis=1)).tolist()
        return coming

    def _turns(self, horizon: int) -> tuple[np.ndarray, np.ndarray]:
        """Sine and cosine of every wave's turn in 1 to `horizon` bars, kept between calls."""
        if len(self._turn_LW[0]) < horizon:
            angle_LW = np.arange(1, horizon + 1)[:, None] * self._pace_W
            self._turn_LW = np.sin(angle_LW), np.cos(angle_LW)
        sin_LW, cos_LW = self._turn_LW
        return sin_LW[:horizon], cos_LW[:horizon]

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
