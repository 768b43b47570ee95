"""Recurrent cells in PyTorch, by the name that `foretell.Forecaster` takes."""

from foretell.models.cells.cell import Cell, States
from foretell.models.cells.lstm import LSTMCell

__all__ = ["CELLS", "Cell", "States"]

CELLS: dict[str, type[Cell]] = {"lstm": LSTMCell}
