"""Progress on stderr: a bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from foretell.text import TextProgress
    from foretell.training.pupil import Progress as Pass

__all__ = ["count_bar", "rate_bar", "training_bar", "writing_bar"]

SAMPLE = 70  # tokens that a language model writes now and then


@contextmanager
def training_bar(title: str) -> Iterator[Callable[[Pass], None]]:
    """Show a training under way.

    Yields
    ------
    callable
        To be given to `Forecaster.fit` as ``report``.
    """
    bar = _bar(TextColumn("loss {task.fields[loss]}, best {task.fields[best]}"))
    _tell(bar, title)
    task = bar.add_task(title, total=None, loss="-", best="-")
    shares: dict[int, float] = {}

    def report(step: Pass) -> None:
        shares[step.member] = step.share
        bar.update(
            task, total=step.members, completed=sum(shares.values()),
            loss=f"{step.loss:.5f}", best=f"{step.best:.5f}",
        )  # fmt: skip

    with bar:
        yield report


@contextmanager
def writing_bar(title: str) -> Iterator[Callable[[TextProgress], None]]:
    """Show a language model under training, and now and then what it writes.

    Yields
    ------
    callable
        To be given to `TextModel.fit` as ``report``.
    """
    bar = _bar(TextColumn("nats {task.fields[loss]}, best {task.fields[best]}"))
    _tell(bar, title)
    task = bar.add_task(title, total=1.0, loss="-", best="-")

    def report(step: TextProgress) -> None:
        bar.update(task, completed=step.share, loss=f"{step.loss:.4f}", best=f"{step.best:.4f}")
        if not step.within:
            sample = " ".join(step.sample(SAMPLE).split())
            bar.console.print(f"{step.loss:.4f}  {sample}", highlight=False)

    with bar:
        yield report


@contextmanager
def count_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show things being done one by one.

    Yields
    ------
    callable
        Takes what is done, how many are, and how many there are in all.
    """
    with _counted(MofNCompleteColumn()) as report:
        yield report


@contextmanager
def rate_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show bars of time coming in, with how many a second; otherwise like `count_bar`."""
    with _counted(_Rate()) as report:
        yield report


class _Rate(MofNCompleteColumn):
    """How many there are, and how many come in a second."""

    def render(self, task: Task) -> Text:
        """The figures of one line."""
        speed = task.finished_speed or task.speed or 0.0
        return super().render(task).append(f"  {speed:,.0f}/s")


@contextmanager
def _counted(figures: ProgressColumn) -> Iterator[Callable[[str, int, int], None]]:
    bar = _bar(figures)
    tasks: dict[str, TaskID] = {}

    def report(title: str, done: int, planned: int) -> None:
        if title not in tasks:
            tasks[title] = bar.add_task(title, total=planned)
            _tell(bar, title)
        bar.update(tasks[title], completed=done)

    with bar:
        yield report


def _bar(figures: ProgressColumn) -> Progress:
    console = Console(stderr=True, markup=False)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28),
        figures,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _tell(bar: Progress, title: str) -> None:
    """A line where there is no terminal to draw a bar on."""
    if not bar.console.is_terminal:
        sys.stderr.write(f"{title} ...\n")
