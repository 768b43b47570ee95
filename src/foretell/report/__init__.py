"""Pages and figures for people."""

from foretell.report.backtest_page import backtest_markdown, write_backtest
from foretell.report.memory_page import memory_page
from foretell.report.page import page

__all__ = ["backtest_markdown", "memory_page", "page", "write_backtest"]
