"""Pages and figures for people."""

from foretell.report.backtest_page import backtest_markdown, write_backtest
from foretell.report.page import page

__all__ = ["backtest_markdown", "page", "write_backtest"]
