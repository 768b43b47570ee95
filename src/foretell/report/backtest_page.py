"""The report of a backtest: one page for a browser, or Markdown."""

from __future__ import annotations

from pathlib import Path

from foretell.proof import Backtest
from foretell.report.findings import findings
from foretell.report.markdown import markdown
from foretell.report.markup import html
from foretell.writing import write_whole

__all__ = ["backtest_markdown", "write_backtest"]


def write_backtest(result: Backtest, path: Path, command: str | None) -> None:
    """Write a self-contained HTML page.

    Parameters
    ----------
    result : Backtest
    path : Path
    command : str or None
        What reproduces it; None where it was made from Python.

    Raises
    ------
    UsageError
        It cannot be written there.
    """
    write_whole(path, html(findings(result, command)).encode())


def backtest_markdown(result: Backtest, command: str | None) -> str:
    """Write the same as Markdown, the charts as tables of their figures.

    Parameters
    ----------
    result : Backtest
    command : str or None
        As for `write_backtest`.
    """
    return markdown(findings(result, command))
