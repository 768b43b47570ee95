"""How the command line prints: as it is, whole in a pipe."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["PlainConsole", "note", "print_table"]

PIPE_WIDTH = 100_000  # columns: nothing is wrapped or cut where there is no terminal


class PlainConsole(Console):
    """Prints text as it is, and leaves a closed pipe to `foretell.cli.ending`."""

    def __init__(self) -> None:
        width = None if sys.stdout.isatty() else PIPE_WIDTH
        super().__init__(width=width, markup=False, emoji=False, highlight=False)

    def on_broken_pipe(self) -> None:
        """Go on with the error that rich is handling while it calls this."""
        raise  # noqa: PLE0704 - rich calls this while it handles BrokenPipeError


def note(message: str) -> None:
    """Say something beside the results, on stderr."""
    sys.stderr.write(f"note: {message}\n")


def print_table(console: Console, title: str, table: Table) -> None:
    """A title of its own line: that of a table would be wrapped at the table's width."""
    console.print(Text(title, style="bold"))
    console.print(table)
