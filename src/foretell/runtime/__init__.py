"""The network in NumPy: the one inference path of forecasts, backtests and live updates."""

from foretell.runtime.heads import sum_matrix
from foretell.runtime.network import Network, State

__all__ = ["Network", "State", "sum_matrix"]
