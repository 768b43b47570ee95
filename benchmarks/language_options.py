"""What the two language benchmarks share: options, and what is said while they run."""

from __future__ import annotations

import argparse
import ast
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from foretell.text import TextProgress

__all__ = ["parser", "say", "teller"]


def parser(description: str | None) -> argparse.ArgumentParser:
    """Options that both have; each adds its own."""
    options = argparse.ArgumentParser(description=description, formatter_class=_Plain)
    options.add_argument("--steps", type=int, help="most gradient steps")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--validation", action="store_true", help="leave the test text alone")
    options.add_argument("--set", type=_setting, nargs="*", help="other arguments: dropout=0.2 ...")
    options.add_argument("--json", action="store_true", help="accepted for uniformity; JSON always")
    return options


def say(line: str) -> None:
    """Print to stderr: stdout is for JSON."""
    sys.stderr.write(line + "\n")


def teller(unit: str) -> Callable[[TextProgress], None]:
    """Make a report for `TextModel.fit` that says each validation loss, in a unit."""

    def tell(progress: TextProgress) -> None:
        if not progress.within:
            say(f"{progress.share:5.0%}  {progress.loss:.4f} {unit}")

    return tell


def _setting(given: str) -> tuple[str, Any]:
    name, _, value = given.partition("=")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value


class _Plain(argparse.RawDescriptionHelpFormatter):
    pass
