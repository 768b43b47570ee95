"""``foretell audit``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from foretell.backtest import Certificate, audit
from foretell.backtest.examination import Report
from foretell.cli.sources import load
from foretell.errors import UsageError
from foretell.forecast import Forecaster

__all__ = ["run"]

LEAK_FOUND = 3
PIPE_WIDTH = 110


def run(
    source: str,
    saved: Path | None,
    parameters: dict[str, Any],
    trial: dict[str, Any],
    save: Path | None,
    as_json: bool,  # noqa: FBT001 - as all the commands hand it on
) -> None:
    """Audit a saved model, or the method with given parameters; exit with 3 if it is not clean."""
    if save is not None and saved is None:
        message = f"--save {save} needs --model: only a model that is there gets a certificate"
        raise UsageError(message)
    model = Forecaster(**parameters) if saved is None else Forecaster.load(saved)
    frame = load(source, model.target)
    with _bar() as report:
        certificate = audit(model, frame, **trial, report=report)
    model.about["audit"] = certificate.to_dict()
    if save is not None:
        model.save(save)
        sys.stderr.write(f"model with its certificate saved in {save}\n")
    if as_json:
        sys.stdout.write(json.dumps(certificate.to_dict(), indent=2) + "\n")
    else:
        _show(certificate)
    if not certificate.clean:
        raise typer.Exit(LEAK_FOUND)


@contextmanager
def _bar() -> Iterator[Report]:
    """Show re-runs under way: a bar on a terminal, a line elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=28), MofNCompleteColumn())
    bar = Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    )  # fmt: skip
    tasks: dict[str, Any] = {}

    def report(title: str, done: int, planned: int) -> None:
        if title not in tasks:
            tasks[title] = bar.add_task(f"auditing {title}", total=planned)
            if not console.is_terminal:
                console.print(f"auditing {title} ...", highlight=False)
        bar.update(tasks[title], completed=done)

    with bar:
        yield report


def _show(certificate: Certificate) -> None:
    """Print what was tried, what was found, and the sentence."""
    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    tried = ", ".join(f"{name} {count}" for name, count in certificate.tried.items())
    console.print(f"Re-runs of {certificate.subject}: {tried}.", highlight=False)
    hashes = f"frame {certificate.frame_sha256[:16]}, forecasts {certificate.forecasts_sha256[:16]}"
    console.print(f"SHA-256: {hashes}. Seed {certificate.seed}.", highlight=False)
    for each in certificate.findings[1:]:
        console.print(f"- {each.sentence}", highlight=False, markup=False)
    head, colon, rest = certificate.sentence.partition(":")
    outcome = Text(head, style="bold green" if certificate.clean else "bold red")
    console.print(outcome + Text(colon + rest))
