"""Recurrent cells in NumPy, by the name that `foretell.Forecaster` takes."""

from typing import Any

from foretell.runtime.cells.cell import Cell, CellState, Look
from foretell.runtime.cells.gru import GRUCell
from foretell.runtime.cells.lstm import LSTMCell
from foretell.runtime.cells.rnn import RNNCell
from foretell.runtime.cells.slstm import SLSTMCell

__all__ = ["CELLS", "Cell", "CellState", "Look"]

CELLS: dict[str, type[Cell[Any]]] = {
    "rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell, "slstm": SLSTMCell,
}  # fmt: skip
