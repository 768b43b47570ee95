"""The seam of all recurrent cells: one step of one layer, in NumPy.

Axes: M ensemble members, S series, D inputs of the layer, U units, P parts of what is remembered,
G columns of the weights.

Members and series are stacked axes of one ``matmul``, which multiplies them one vector at a time:
a series is rounded the same way whether it runs alone or beside others. A test holds this.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, NamedTuple, TypeVar

import numpy as np

__all__ = ["HALF", "Cell", "CellState", "Look"]

HALF = np.array(0.5, dtype=np.float32)  # quicker than a scalar, which is converted at each use


class Look(NamedTuple):
    """What the units of a layer did in a step, each of shape (..., U).

    Attributes
    ----------
    memory : ndarray of float32
        What is now remembered.
    kept, written : ndarray of float32, optional
        The share of the old memory that was kept, and of the new candidate that was written; None
        where a cell has no gates to say so.
    """

    memory: np.ndarray
    kept: np.ndarray | None
    written: np.ndarray | None


class CellState(ABC):
    """State of one layer, and the buffers of its step, cut into views once.

    Attributes
    ----------
    joined_MS1D : ndarray of float32, shape (M, S, 1, D + U + 1)
        Inputs, hidden state and a 1, side by side: what a step multiplies by the weights.
    x_MSD, hidden_MSU : ndarray of float32
        Views of its parts. Inputs are to be filled in before a step; the hidden state is what the
        layer gives.
    """

    def __init__(self, members: int, series: int, inputs: int, units: int) -> None:
        joined = np.zeros((members, series, 1, inputs + units + 1), dtype=np.float32)
        joined[..., -1] = 1.0  # meets the bias, which is the last row of the weights
        self.joined_MS1D = joined
        self.x_MSD = joined[:, :, 0, :inputs]
        self.hidden_MSU = joined[:, :, 0, inputs:-1]

    @property
    @abstractmethod
    def kept(self) -> tuple[np.ndarray, ...]:
        """The parts that a step leaves for the next, each of shape (M, S, U)."""


State = TypeVar("State", bound=CellState)


class Cell(ABC, Generic[State]):
    """One layer: what is fixed, and its step.

    Parameters
    ----------
    weight_MDG : ndarray of float32, shape (M, D + U, gates U)
        Weights of the inputs, then of the hidden state.
    bias_MG : ndarray of float32, shape (M, biases U)

    Attributes
    ----------
    biases : int
        Vectors of U numbers in the bias of this kind of cell.
    blank : tuple of float
        What fills each part of `CellState.kept` before the first step.
    """

    biases: ClassVar[int]
    blank: ClassVar[tuple[float, ...]]

    def __init__(self, weight_MDG: np.ndarray, bias_MG: np.ndarray) -> None:
        self.members = len(bias_MG)
        self.units = bias_MG.shape[-1] // self.biases
        self.inputs = weight_MDG.shape[1] - self.units
        joined_MDG = self._laid_out(weight_MDG, bias_MG)
        self._weight_M1DG = np.ascontiguousarray(joined_MDG[:, None])

    @abstractmethod
    def _laid_out(self, weight_MDG: np.ndarray, bias_MG: np.ndarray) -> np.ndarray:
        """Weights with the bias as their last row, laid out as a step wants them."""

    @abstractmethod
    def start(self, series: int) -> State:
        """State before the first step."""

    @abstractmethod
    def step(self, state: State) -> None:
        """Advance the state by the inputs in ``state.x_MSD``."""

    @abstractmethod
    def look(self, state: State) -> Look:
        """Read off what the last step did, of shape (M, S, U); changes nothing."""

    def forget(self, state: State, series: int | slice) -> None:
        """Put some series back to before their first step."""
        for part_MSU, value in zip(state.kept, self.blank, strict=True):
            part_MSU[:, series] = value
