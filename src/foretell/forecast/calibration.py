"""Bands that learn from their misses: adaptive conformal calibration, one bar at a time.

Whenever a bar arrives, the forecasts that were made for it are checked. Each central band is then
widened a little if it missed and narrowed a little if it held, by horizon, so that over time it
holds its nominal share whatever the market does. The rule is that of Gibbs and Candès (Adaptive
conformal inference under distribution shift, NeurIPS 2021, eq. 2), applied as quantile tracking
(Angelopoulos, Candès and Tibshirani, Conformal PID control, NeurIPS 2023, section 2) to the
logarithm of a band's width around the median.

Axes: S series, H horizons, K quantiles, B central bands (from the widest), O origins kept.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

__all__ = ["Calibration", "CalibrationState", "Uncalibrated"]

# Chosen on folds before 2024 (docs/experiments.md). Slower at long horizons, where the outcomes of
# overlapping forecasts say less each.
RATE = 0.02
SLOWING = 0.25  # power of the horizon that the rate is divided by
WIDEST = 1.5  # most that the log of a width may move: a band is never 4.5 times as wide or narrow


class Uncalibrated(NamedTuple):
    """One history as a calibration reads it, by bar.

    Attributes
    ----------
    target_T : ndarray of float64, shape (T,)
        The bars in target space: logs of closes, or values.
    z_THK : ndarray, shape (T, H, K)
        Standardised quantiles.
    centre_TH, scale_TH : ndarray of float64, shape (T, H)
        The anchor.
    """

    target_T: np.ndarray
    z_THK: np.ndarray
    centre_TH: np.ndarray
    scale_TH: np.ndarray

    def tail(self, bars: int) -> Uncalibrated:
        """The last so many bars."""
        return Uncalibrated(*(array[len(array) - bars :] for array in self))

    def quantiles(self) -> np.ndarray:
        """Undo the standardisation: ``centre + scale * z``."""
        quantiles: np.ndarray = self.centre_TH[..., None] + self.scale_TH[..., None] * self.z_THK
        return quantiles


@dataclass(frozen=True)
class Calibration:
    """How bands are tracked. Nothing in it is fitted.

    Attributes
    ----------
    levels_K : ndarray of float64, shape (K,)
        Quantile levels, symmetric around one half.
    horizon : int
    """

    levels_K: np.ndarray
    horizon: int

    def begin(self, series: int = 1) -> CalibrationState:
        """State before the first bar of some series side by side."""
        return CalibrationState(self, series)

    def run(self, histories: Rows[Uncalibrated]) -> tuple[list[np.ndarray], CalibrationState]:
        """Step through whole histories side by side, aligned at their ends.

        Returns
        -------
        list of ndarray of float64, each of shape (T, H, K)
            Calibrated quantiles in target space.
        state : CalibrationState
            After the last bar of every history.
        """
        longest = max(len(each.target_T) for each in histories)
        late_S = [longest - len(each.target_T) for each in histories]
        # Where a history has not begun everything is NaN, which teaches nothing.
        stacked = [
            np.stack([_late(*pair) for pair in zip(late_S, arrays, strict=True)], axis=1)
            for arrays in zip(*histories, strict=True)
        ]
        state = self.begin(len(histories))
        q_TSHK = np.empty(stacked[1].shape)
        for clock, bar in enumerate(zip(*stacked, strict=True)):
            q_TSHK[clock] = state.step(*bar)
        return [q_TSHK[late:, n].copy() for n, late in enumerate(late_S)], state


class CalibrationState:
    """What was forecast and has not come yet, and how wide the bands have become.

    Attributes
    ----------
    log_width_SHB : ndarray of float64
    edges_SOHB : ndarray of float64
        Lower and then upper edges in target space, of the last H origins; NaN before there are.
    clock : int
        Bars taken in.
    """

    def __init__(self, calibration: Calibration, series: int) -> None:
        levels_K, horizon = calibration.levels_K, calibration.horizon
        self._middle = len(levels_K) // 2
        self._nominal_B = 1.0 - 2.0 * levels_K[: self._middle]
        self._steps_H = np.arange(horizon)
        self._rate_H1 = RATE / ((1.0 + self._steps_H) ** SLOWING)[:, None]
        self.log_width_SHB = np.zeros((series, horizon, self._middle))
        self.edges_SOHB = np.full((series, horizon, horizon, 2 * self._middle), np.nan)
        self.clock = 0

    def step(
        self, target_S: np.ndarray, z_SHK: np.ndarray, centre_SH: np.ndarray, scale_SH: np.ndarray
    ) -> np.ndarray:
        """Learn from the bar that has just closed, then calibrate the forecast made at it.

        Parameters
        ----------
        target_S : ndarray of float64, shape (S,)
            The bar in target space.
        z_SHK : ndarray, shape (S, H, K)
            Standardised quantiles; NaN for a series that has not begun.
        centre_SH, scale_SH : ndarray of float64, shape (S, H)
            The anchor.

        Returns
        -------
        ndarray of float64, shape (S, H, K)
            Calibrated quantiles in target space, in order.
        """
        self._learn(target_S[:, None, None])
        q_SHK: np.ndarray = centre_SH[..., None] + scale_SH[..., None] * self._stretch(z_SHK)
        kept_SHB = self.edges_SOHB[:, self.clock % len(self._steps_H)]
        kept_SHB[..., : self._middle] = q_SHK[..., : self._middle]
        kept_SHB[..., self._middle :] = q_SHK[..., : self._middle : -1]
        self.clock += 1
        return q_SHK

    def _learn(self, target_S11: np.ndarray) -> None:
        """Check the forecast of one bar before at horizon 1, of two bars before at 2, and so on."""
        slot_H = (self.clock - 1 - self._steps_H) % len(self._steps_H)
        edges_SHB = self.edges_SOHB[:, slot_H, self._steps_H]
        lower_SHB, upper_SHB = edges_SHB[..., : self._middle], edges_SHB[..., self._middle :]
        inside_SHB = (target_S11 >= lower_SHB) & (target_S11 <= upper_SHB)
        surprise_SHB = np.where(np.isnan(lower_SHB), 0.0, self._nominal_B - inside_SHB)
        self.log_width_SHB += self._rate_H1 * surprise_SHB
        np.clip(self.log_width_SHB, -WIDEST, WIDEST, out=self.log_width_SHB)

    def _stretch(self, z_SHK: np.ndarray) -> np.ndarray:
        """Widen or narrow around the median; sorting keeps the bands one inside the other."""
        width_SHB = np.exp(self.log_width_SHB)
        median_SH1 = z_SHK[..., self._middle, None].astype(np.float64)
        stretched_SHK: np.ndarray = z_SHK - median_SH1
        stretched_SHK[..., : self._middle] *= width_SHB
        stretched_SHK[..., : self._middle : -1] *= width_SHB
        stretched_SHK += median_SH1
        stretched_SHK.sort(axis=-1)
        return stretched_SHK

    def state(self) -> dict[str, np.ndarray]:
        """All that must be kept to go on later."""
        return {
            "log_width": self.log_width_SHB.copy(),
            "edges": self.edges_SOHB.copy(),
            "clock": np.array([self.clock]),
        }

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on from a kept state."""
        self.log_width_SHB[:] = state["log_width"]
        self.edges_SOHB[:] = state["edges"]
        self.clock = int(state["clock"][0])

    def one(self, series: int) -> dict[str, np.ndarray]:
        """Return what `state` keeps, of one of the series alone."""
        kept = self.state()
        return kept | {name: kept[name][[series]] for name in ("log_width", "edges")}


def _late(bars: int, array_T: np.ndarray) -> np.ndarray:
    """The array behind so many bars of nothing."""
    return np.concatenate([np.full((bars, *array_T.shape[1:]), np.nan), array_T])
