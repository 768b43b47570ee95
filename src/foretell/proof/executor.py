"""The seam between what is to be done and who does it: this process, several, or a cluster.

A task is pure. It reads its inputs from a folder, draws from a seed that follows from its id, and
puts its result there whole or not at all. So tasks may run in any order, anywhere that sees the
folder, and twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

__all__ = ["Executor", "InOrder", "Task"]


class Task(Protocol):
    """A piece of work that can be pickled."""

    @property
    def id(self) -> str:
        """Name of the task, and of its result."""
        ...

    def __call__(self) -> None:
        """Do it."""
        ...


class Executor(Protocol):
    """Whoever runs tasks."""

    def run(self, tasks: Sequence[Task]) -> Iterator[str]:
        """Run all tasks; yield the id of each as it is done."""
        ...


class InOrder:
    """One task after the other, in this process."""

    def run(self, tasks: Sequence[Task]) -> Iterator[str]:
        """See `Executor.run`."""
        for task in tasks:
            task()
            yield task.id
