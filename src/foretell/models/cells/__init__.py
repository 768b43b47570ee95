"""Recurrent cells in PyTorch, by the name that `foretell.Forecaster` takes."""

from foretell.models.cells.cell import Cell, States
from foretell.models.cells.gru import GRUCell
from foretell.models.cells.lstm import LSTMCell
from foretell.models.cells.rnn import RNNCell
from foretell.models.cells.slstm import SLSTMCell

__all__ = ["CELLS", "Cell", "States"]

CELLS: dict[str, type[Cell]] = {
    "rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell, "slstm": SLSTMCell,
}  # fmt: skip
