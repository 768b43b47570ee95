"""Pages and figures for people.

That of the memory is in `foretell.report.memory_page`, which imports what reads text.
"""

from foretell.report.backtest_page import backtest_markdown, write_backtest
from foretell.report.page import page

__all__ = ["backtest_markdown", "page", "write_backtest"]
