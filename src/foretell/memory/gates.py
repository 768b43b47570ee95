"""What a trained forecaster's units did over a series: where each wrote, kept and forgot.

One network of the ensemble is looked at, the first. Axes: T bars, U units of all its layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from foretell.forecast import Forecaster
from foretell.memory.correlation import correlations
from foretell.series import Sequence

__all__ = ["Gates", "lengths", "read_gates"]

TIMES_FORGETTING = 5
APART = 10  # bars between two of them


@dataclass(frozen=True)
class Gates:
    """The units of one network over one series.

    Attributes
    ----------
    row : Sequence
    cell : str
    layers : int
    memory_TU, kept_TU, written_TU : ndarray of float32
        What is remembered after each bar; the share of the old memory that was kept, and of the
        new that was written.
    """

    row: Sequence
    cell: str
    layers: int
    memory_TU: np.ndarray
    kept_TU: np.ndarray
    written_TU: np.ndarray

    @cached_property
    def length_U(self) -> np.ndarray:
        """Bars that each unit remembers; see `lengths`."""
        return lengths(self.kept_TU)

    @cached_property
    def order_U(self) -> np.ndarray:
        """Units from the shortest memory to the longest."""
        return np.lexsort((self.kept_TU.mean(axis=0), self.length_U))

    def chosen(self) -> dict[str, int]:
        """Three units by rule: of the shortest, the middle and the longest memory."""
        order_U = self.order_U
        places = {"shortest": 0, "middle": len(order_U) // 2, "longest": len(order_U) - 1}
        return {name: int(order_U[place]) for name, place in places.items()}

    def times_forgetting(self) -> list[int]:
        """Bars at which the units together kept least, the most forgetful first.

        The first tenth of the series is left out, where there is little to forget.
        """
        kept_T = self.kept_TU.mean(axis=1)
        found: list[int] = []
        for bar in np.argsort(kept_T, kind="stable").tolist():
            settled = bar >= len(kept_T) // 10
            if settled and all(abs(bar - other) >= APART for other in found):
                found.append(bar)
            if len(found) == TIMES_FORGETTING:
                break
        return found

    def move_T(self) -> np.ndarray:
        """Size of each bar's move: of the log of the price, or of the value; 0 for the first."""
        level_T = np.log(self.row.target_T) if self.row.priced else self.row.target_T
        return np.abs(np.diff(level_T, prepend=level_T[0]))

    def follows_moves(self) -> float:
        """Correlation, over the bars, of the share forgotten with the size of the move."""
        forgotten_T1 = 1.0 - self.kept_TU.mean(axis=1, dtype=np.float64, keepdims=True)
        return float(correlations(forgotten_T1, self.move_T())[0])


def read_gates(model: Forecaster, row: Sequence) -> Gates | None:
    """Step a fitted model over a series and look at its gates; None where its cell has none.

    Raises
    ------
    FrameError
        The series has other columns or another step than those of the training.
    """
    looks = list(model.look(row))
    if any(each.kept is None for each in looks[0]):
        return None
    memory_TU, kept_TU, written_TU = np.array(
        [np.concatenate([np.array(layer)[:, 0, 0] for layer in layers], axis=1) for layers in looks]
    ).transpose(1, 0, 2)
    return Gates(row, model.cell, len(looks[0]), memory_TU, kept_TU, written_TU)


def lengths(kept_TU: np.ndarray) -> np.ndarray:
    """How long units remember: the bars until what was there is down to 1/e of it.

    From every bar on, the lag at which the product of the unit's forget gates has fallen to 1/e;
    the median over the bars. Gates that stay at f give ``-1 / log(f)``. Where the product has not
    fallen so far when the series ends, it counts as longer than any.

    Returns
    -------
    ndarray of float64, shape (U,)
        Bars; infinity where most of the series is not forgotten by its end.
    """
    smallest = np.finfo(np.float32).tiny
    loss_TU = -np.log(np.maximum(kept_TU, smallest, dtype=np.float64))
    return np.array([_length(loss_T) for loss_T in loss_TU.T])


def _length(loss_T: np.ndarray) -> float:
    """Median over starts of the steps until the sum of ``-log f`` has grown by 1."""
    sum_T1 = np.concatenate([[0.0], np.cumsum(loss_T)])  # up to before each bar, and to the end
    start_T = np.arange(len(loss_T))
    wanted_T = sum_T1[:-1] + 1.0
    end_T = np.interp(wanted_T, sum_T1, np.arange(len(sum_T1)), right=np.inf)
    return float(np.quantile(end_T - start_T, 0.5, method="lower"))
