"""Encoded histories with their targets, cut into chunks for truncated back-propagation.

Axes: N histories, T time, F inputs, H horizons, B chunks of a batch, L steps of a chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

__all__ = ["Batch", "Dataset", "History", "batches"]


@dataclass(frozen=True)
class History:
    """One series of the training span.

    Attributes
    ----------
    x_TF : ndarray of float32
        Network inputs.
    z_TH : ndarray of float32
        Standardised targets; NaN where the target lies after the span.
    split, stop : int
        Rows from `split` to before `stop` are for validation, all others are trained on.
    """

    x_TF: np.ndarray
    z_TH: np.ndarray
    split: int
    stop: int

    def earlier(self, blocks: int) -> History:
        """The same rows, but validation comes so many times its own length earlier."""
        shift = blocks * (self.stop - self.split)
        return replace(self, split=self.split - shift, stop=self.stop - shift)

    def training(self) -> History:
        """Targets outside the validation part alone, purged: none reaches into it."""
        row_T1 = np.arange(len(self.z_TH))[:, None]
        return self._without((row_T1 < self.stop) & (self._target_rows() >= self.split))

    def validation(self) -> History:
        """Targets inside the validation part alone; the rows before fill the state."""
        row_T1 = np.arange(len(self.z_TH))[:, None]
        return self._without((row_T1 < self.split) | (self._target_rows() >= self.stop))

    def _target_rows(self) -> np.ndarray:
        rows, horizon = self.z_TH.shape
        rows_TH: np.ndarray = np.arange(rows)[:, None] + np.arange(1, horizon + 1)
        return rows_TH

    def _without(self, hidden_TH: np.ndarray) -> History:
        return replace(self, z_TH=np.where(hidden_TH, np.float32(np.nan), self.z_TH))


@dataclass(frozen=True)
class Dataset:
    """The training span of all series.

    Attributes
    ----------
    histories : tuple of History
    prior_HK : ndarray of float64, shape (H, K)
        Standardised quantiles that an untrained network forecasts.
    levels_K : ndarray of float64, shape (K,)
        Quantile levels.
    weight_H : ndarray of float64, shape (H,)
        Weight of each horizon in the loss, with mean 1: the typical scale of the target.
    blocks : int
        Validation parts, one before the other; the members of an ensemble take turns with them.
    caution : float
        Share of what was learned about direction that a forecast uses.
    """

    histories: tuple[History, ...]
    prior_HK: np.ndarray
    levels_K: np.ndarray
    weight_H: np.ndarray
    blocks: int = 1
    caution: float = 1.0


@dataclass(frozen=True)
class Batch:
    """Chunks side by side.

    Attributes
    ----------
    x_BLF : ndarray of float32
        Warm-up steps and then the chunk. Where a history has not begun or has ended there are
        zeros, which is what standardised inputs are on average.
    z_BCH : ndarray of float32
        Targets of the chunk's steps, the last C of L; a NaN has no loss.
    """

    x_BLF: np.ndarray
    z_BCH: np.ndarray


def batches(
    histories: tuple[History, ...],
    chunk: int,
    warm_up: int,
    size: int,
    rng: np.random.Generator | None = None,
) -> Iterator[Batch]:
    """Cut histories into chunks and group them.

    Parameters
    ----------
    histories : tuple of History
    chunk, warm_up : int
        Steps with a loss, and steps before them that only fill the state.
    size : int
        Chunks a batch.
    rng : Generator, optional
        Draws where the first chunk ends and the order. Without it the cuts are fixed.
    """
    places: list[tuple[int, int, int]] = []
    for number, history in enumerate(histories):
        known = np.flatnonzero(np.isfinite(history.z_TH[:, 0]))
        if not known.size:
            continue
        start, stop = int(known[0]), int(known[-1]) + 1
        shift = int(rng.integers(chunk)) if rng is not None else 0
        cuts = range(start - shift, stop, chunk)
        chunks = [(max(begin, start), min(begin + chunk, stop)) for begin in cuts]
        places += [
            (number, begin, end)
            for begin, end in chunks
            if np.isfinite(history.z_TH[begin:end, 0]).any()
        ]
    if rng is not None:
        rng.shuffle(places)
    for first in range(0, len(places), size):
        yield _batch(histories, places[first : first + size], chunk, warm_up)


def _batch(
    histories: tuple[History, ...], places: list[tuple[int, int, int]], chunk: int, warm_up: int
) -> Batch:
    inputs, horizon = histories[0].x_TF.shape[1], histories[0].z_TH.shape[1]
    x_BLF = np.zeros((len(places), warm_up + chunk, inputs), dtype=np.float32)
    z_HBC = np.full((horizon, len(places), chunk), np.nan, dtype=np.float32)
    z_BCH = z_HBC.transpose(1, 2, 0)  # in memory as the head's quantiles are
    for row, (number, begin, end) in enumerate(places):
        history = histories[number]
        start = max(begin - warm_up, 0)
        x_BLF[row, warm_up - (begin - start) : warm_up + end - begin] = history.x_TF[start:end]
        z_BCH[row, : end - begin] = history.z_TH[begin:end]
    return Batch(x_BLF, z_BCH)
