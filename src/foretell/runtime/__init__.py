"""The network in NumPy: the one inference path of forecasts, backtests and live updates."""

from foretell.runtime.network import Network

__all__ = ["Network"]
