"""How a command ends: with an exit code and a line on stderr, never with a traceback."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from foretell.errors import ForetellError

__all__ = ["Commands"]

INTERRUPTED = 130


class Commands(TyperGroup):
    """Commands whose mistakes, interrupts and closed pipes are met before typer meets them.

    typer would end an interrupt without a word, and a closed pipe with exit code 1.
    """

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            super().invoke(ctx)
            sys.stdout.flush()
        except ForetellError as error:
            sys.stderr.write(f"error: {error}\n")
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as interrupt:
            sys.stderr.write("interrupted\n")
            raise typer.Exit(INTERRUPTED) from interrupt
        except BrokenPipeError as gone:  # the reader, such as `head`, has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from gone
