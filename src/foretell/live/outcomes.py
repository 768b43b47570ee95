"""What became of forecasts: each is held against its bar when that has come.

Axes: D forecasts that one bar decides, K quantiles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from foretell.forecast import pinball
from foretell.live.entries import Entry
from foretell.proof import BANDS, band_edges
from foretell.series import Frequency

__all__ = ["Outcome", "Outcomes"]


@dataclass(frozen=True)
class Outcome:
    """One forecast of one bar.

    Attributes
    ----------
    origin : int
        Open time of the bar that was forecast from.
    horizon : int
    actual, median : float
    loss : float
        Mean pinball loss over the quantiles, of the logarithm.
    inside : dict of float to bool
        Whether the bands held it.
    late : bool
        Whether the forecast was entered when its bar had closed. It counts for nothing.
    """

    origin: int
    horizon: int
    actual: float
    median: float
    loss: float
    inside: dict[float, bool]
    late: bool


class Outcomes:
    """All that has come true of a ledger's forecasts so far.

    Parameters
    ----------
    levels : list of float
        Quantile levels.
    frequency : Frequency
    """

    def __init__(self, levels: list[float], frequency: Frequency) -> None:
        self._levels_K, self._frequency = np.array(levels), frequency
        self._waiting: dict[int, list[tuple[Entry, int]]] = defaultdict(list)
        self._inside: Counter[float] = Counter()
        self.count = 0

    def add(self, entry: Entry) -> list[Outcome]:
        """Take in an entry: what its bar decides, the longest horizon first.

        Late forecasts are among them, and are not counted.
        """
        due = self._decided(entry, self._waiting.pop(entry.time, []))
        for step, time in enumerate(entry.times, 1):
            self._waiting[time].append((entry, step))
        for each in due:
            if not each.late:
                self.count += 1
                self._inside.update(band for band in BANDS if each.inside[band])
        return due

    def held(self, band: float) -> int:
        """How many of the live forecasts, over all horizons, had their bar inside a band."""
        return self._inside[band]

    def coverage(self, band: float) -> float:
        """Share of them; NaN where there is none yet."""
        return self.held(band) / self.count if self.count else float("nan")

    def _decided(self, bar: Entry, due: list[tuple[Entry, int]]) -> list[Outcome]:
        if not due:
            return []
        q_DK = np.array([entry.quantiles[horizon - 1] for entry, horizon in due])
        loss_D = pinball(np.full(len(due), np.log(bar.close)), np.log(q_DK), self._levels_K)
        inside = {band: self._inside_D(bar.close, q_DK, band) for band in BANDS}
        return [
            Outcome(
                entry.time, horizon, bar.close, float(np.interp(0.5, self._levels_K, q_DK[n])),
                float(loss_D[n]), {band: bool(inside[band][n]) for band in BANDS},
                late=entry.is_late(horizon, self._frequency),
            )
            for n, (entry, horizon) in enumerate(due)
        ]  # fmt: skip

    def _inside_D(self, actual: float, q_DK: np.ndarray, band: float) -> np.ndarray:
        lower_1D, upper_1D = band_edges(q_DK[None], self._levels_K, band)
        inside_D: np.ndarray = (lower_1D[0] <= actual) & (actual <= upper_1D[0])
        return inside_D
