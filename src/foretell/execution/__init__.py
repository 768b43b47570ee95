"""Who runs the tasks of a backtest."""

from foretell.execution.processes import Processes

__all__ = ["Processes"]
