"""Recurrent cells in NumPy, by the name that `foretell.Forecaster` takes."""

from typing import Any

from foretell.runtime.cells.cell import Cell, CellState
from foretell.runtime.cells.lstm import LSTMCell

__all__ = ["CELLS", "Cell", "CellState"]

CELLS: dict[str, type[Cell[Any]]] = {"lstm": LSTMCell}
