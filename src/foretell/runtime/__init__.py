"""The network in NumPy: the one inference path of forecasts, backtests and live updates."""

from foretell.runtime.cells import CELLS, Look
from foretell.runtime.heads import sum_matrix
from foretell.runtime.language import Language
from foretell.runtime.network import Network, State
from foretell.runtime.stack import Stack, StackState

__all__ = ["CELLS", "Language", "Look", "Network", "Stack", "StackState", "State", "sum_matrix"]
