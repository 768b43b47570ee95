"""The training loop: networks of any kind side by side, Ctrl-C, and what they ended in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Any, Generic, TypeVar

import torch

from foretell.training.course import Course, Network
from foretell.training.pupil import Best, End, Pupil, Report
from foretell.training.schedule import Schedule

__all__ = ["Outcome", "results", "teach"]

Result = TypeVar("Result")
HEARING = 0.1  # seconds until Ctrl-C is heard at the latest


@dataclass(frozen=True)
class Outcome(Generic[Network]):
    """What the courses ended in.

    Attributes
    ----------
    members : list of Best
        Of the courses in turn; where training ended early, without those that had not begun to
        learn.
    end : End
    """

    members: list[Best[Network]]
    end: End


def teach(
    courses: Sequence[Course[Network, Any]], schedule: Schedule, report: Report | None = None
) -> Outcome[Network]:
    """Train the network of each course, side by side on the processor's cores.

    Ctrl-C or a loss that is not finite ends training early; what was best until then is
    returned and `Outcome.end` says so.

    Parameters
    ----------
    courses : sequence of Course
    schedule : Schedule
    report : callable, optional
        Called with a `foretell.training.pupil.Progress` from the thread that made it, after every
        round and, where those are no passes, within it.
    """
    threads = torch.get_num_threads()
    try:
        with torch.random.fork_rng():  # the caller's own draws are left alone
            return _outcome(_teach_all(courses, schedule, report))
    finally:
        torch.set_num_threads(threads)


def results(futures: Sequence[Future[Result]]) -> list[Result]:
    """Wait for all, waking now and then: a thread that sleeps for good may not hear Ctrl-C."""
    pending = set(futures)
    while pending:
        pending = wait(pending, timeout=HEARING).not_done
    return [future.result() for future in futures]


def _teach_all(
    courses: Sequence[Course[Network, Any]], schedule: Schedule, report: Report | None
) -> list[Best[Network]]:
    pupils = [
        Pupil(course, schedule, report, member, len(courses))
        for member, course in enumerate(courses)
    ]
    begin = Event()  # set where Ctrl-C is waited for: one before that would lose what is learned
    workers, threads = _workers(courses), schedule.threads
    with ThreadPoolExecutor(
        workers, initializer=torch.set_num_threads, initargs=(threads,)
    ) as pool:
        futures: list[Future[Best[Network]]] = []
        try:
            futures.extend(pool.submit(pupil.learn, begin) for pupil in pupils)
            begin.set()
            return results(futures)
        except KeyboardInterrupt:
            for pupil in pupils:
                pupil.stop.set()
            begin.set()
            if len(futures) < len(pupils):
                raise
            members = results(futures)
            members[-1].end = End.INTERRUPTED  # also where all had just finished
            return members


def _workers(courses: Sequence[Course[Network, Any]]) -> int:
    """One thread a member; one in all where members share a GPU or PyTorch's one generator."""
    device = next(courses[0].network.parameters()).device
    if device.type != "cpu" or any(course.noise is not None for course in courses):
        return 1
    return min(len(courses), os.cpu_count() or 1)


def _outcome(members: list[Best[Network]]) -> Outcome[Network]:
    ends = {best.end for best in members}
    end = next((each for each in (End.DIVERGED, End.INTERRUPTED) if each in ends), End.FINISHED)
    if end is not End.FINISHED:
        members = [best for best in members if best.rounds] or members[:1]
    return Outcome(members, end)
