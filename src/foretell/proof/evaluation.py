"""From the forecasts of one entrant to all that is said of it.

Axes: S series, N origins of one series, T instants, H horizons, K quantiles, B bins.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from foretell.forecast import Trace, level, targets
from foretell.proof import distribution
from foretell.proof.direction import Direction, directional_accuracy
from foretell.proof.longrun import mean_by_instant
from foretell.proof.pit import Uniformity, histogram, uniformity
from foretell.proof.scoreboard import Scoreboard, averaged, each_loss, known_mean
from foretell.proof.scores import BANDS, band_coverage, naive_scale

__all__ = ["Entry", "evaluate"]


@dataclass(frozen=True)
class Entry:
    """How one entrant did. Every series weighs the same in scores.

    Attributes
    ----------
    name : str
    board : Scoreboard
    time_T : ndarray of int64
        Instants with an origin whose targets are all known.
    loss_TH : ndarray of float64
        Pinball loss at each of them, a mean over the series that trade then.
    qlike_T : ndarray of float64
        QLIKE of the squared move at each of them, a mean over series and horizons; NaN where no
        move at all was expected.
    pit_HB : ndarray of float64
        Histogram of the probability integral transform.
    uniformity : list of Uniformity
        Its test, by horizon.
    direction : list of Direction
        By horizon.
    raw_coverage : dict of str to list of float, or None
        Coverage of each band before calibration, by horizon.
    """

    name: str
    board: Scoreboard
    time_T: np.ndarray
    loss_TH: np.ndarray
    qlike_T: np.ndarray
    pit_HB: np.ndarray
    uniformity: list[Uniformity]
    direction: list[Direction]
    raw_coverage: dict[str, list[float]] | None

    @property
    def loss_T(self) -> np.ndarray:
        """Loss at each instant over all horizons."""
        mean_T: np.ndarray = self.loss_TH.mean(axis=1)
        return mean_T

    def to_dict(self) -> dict[str, Any]:
        """Figures, ready for JSON; the losses of single instants are left out."""
        return {
            "name": self.name,
            "scores": self.board.to_dict(),
            "pit": self.pit_HB.tolist(),
            "uniformity": [asdict(each) for each in self.uniformity],
            "direction": [asdict(each) for each in self.direction],
            "raw_coverage": self.raw_coverage,
        }


def evaluate(name: str, traces: Rows[Trace], levels_K: np.ndarray) -> Entry:
    """Score the forecasts of one entrant.

    Parameters
    ----------
    name : str
    traces : list of Trace
        One a series, over all folds.
    levels_K : ndarray of float64, shape (K,)
    """
    known = [_Known.of(trace) for trace in traces]
    boards, pinballs, qlikes = [], [], []
    for each, trace in zip(known, traces, strict=True):
        losses = each_loss(
            each.y_NH, trace.q_THK, levels_K, last_N=each.last_N, scale_N=each.scale_N
        )
        boards.append(averaged(losses, each.y_NH, trace.q_THK, levels_K))
        pinballs.append(losses["pinball"])  # the others are not kept: they may be gigabytes
        qlikes.append(losses["qlike"])
    time_N = np.concatenate([each.time_N for each in known])
    y_NH = np.concatenate([each.y_NH for each in known])
    last_N = np.concatenate([each.last_N for each in known])
    loss_NH, qlike_NH = np.concatenate(pinballs), np.concatenate(qlikes)
    pit_NH = np.concatenate(
        [distribution.cdf(e.y_NH, t.q_THK, levels_K) for e, t in zip(known, traces, strict=True)]
    )
    median_NH = np.concatenate([trace.q_THK[..., len(levels_K) // 2] for trace in traces])
    whole_N = np.isfinite(loss_NH).all(axis=1)
    return Entry(
        name=name,
        board=_mean(boards),
        time_T=np.unique(time_N[whole_N]),
        loss_TH=mean_by_instant(time_N[whole_N], loss_NH[whole_N]),
        qlike_T=mean_by_instant(time_N[whole_N], qlike_NH[whole_N]).mean(axis=1),
        pit_HB=histogram(pit_NH),
        uniformity=uniformity(pit_NH, time_N, levels_K),
        direction=directional_accuracy(median_NH, y_NH, last_N, time_N),
        raw_coverage=_raw_coverage(known, traces, levels_K),
    )


@dataclass(frozen=True)
class _Known:
    """What came after the origins of one series."""

    time_N: np.ndarray
    last_N: np.ndarray
    y_NH: np.ndarray
    scale_N: np.ndarray

    @classmethod
    def of(cls, trace: Trace) -> _Known:
        row, first = trace.sequence, trace.first
        level_T = level(row)
        scale = naive_scale(level_T[:first])
        return cls(
            time_N=row.time_T[first:],
            last_N=level_T[first:],
            y_NH=targets(row, trace.q_THK.shape[1])[first:],
            scale_N=np.full(len(row) - first, scale if scale > 0.0 else np.nan),
        )


def _mean(boards: Rows[Scoreboard]) -> Scoreboard:
    """Mean over the series; one that ends too early to know a score has no say in it."""
    horizons = {name: known_mean(np.array([each.by_horizon[name] for each in boards]))
                for name in boards[0].by_horizon}  # fmt: skip
    overall = {name: known_mean(np.array([[each.overall[name]] for each in boards]))
               for name in boards[0].overall}  # fmt: skip
    return Scoreboard(
        {name: mean_H.tolist() for name, mean_H in horizons.items()},
        {name: float(mean_1[0]) for name, mean_1 in overall.items()},
    )


def _raw_coverage(
    known: Rows[_Known], traces: Rows[Trace], levels_K: np.ndarray
) -> dict[str, list[float]] | None:
    raw = [
        (each.y_NH, trace.raw_THK)
        for each, trace in zip(known, traces, strict=True)
        if trace.raw_THK is not None
    ]
    if not raw:
        return None
    return {
        f"{band}": known_mean(
            np.array([band_coverage(y, q, levels_K, band) for y, q in raw])
        ).tolist()
        for band in BANDS
    }
