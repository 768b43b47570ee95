"""Encoded histories with their targets, cut into chunks for truncated back-propagation.

Axes: N histories, T time, F inputs, H horizons, B chunks of a batch, L steps of a chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
    split : int
        Rows before it are trained on, rows from it on are for validation.
    """

    x_TF: np.ndarray
    z_TH: np.ndarray
    split: int

    def training(self) -> History:
        """The rows before the split, purged: no target reaches over it."""
        z_TH = self.z_TH[: self.split].copy()
        ahead = np.arange(len(z_TH))[:, None] + np.arange(1, z_TH.shape[1] + 1)
        z_TH[ahead >= self.split] = np.nan
        return History(self.x_TF[: self.split], z_TH, self.split)

    def validation(self) -> History:
        """All rows, with targets from the split on alone; those before fill the state."""
        z_TH = self.z_TH.copy()
        z_TH[: self.split] = np.nan
        return History(self.x_TF, z_TH, self.split)


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
    """

    histories: tuple[History, ...]
    prior_HK: np.ndarray
    levels_K: np.ndarray
    weight_H: np.ndarray


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
        places += [
            (number, max(begin, start), min(begin + chunk, stop))
            for begin in range(start - shift, stop, chunk)
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
