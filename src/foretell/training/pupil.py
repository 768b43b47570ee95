"""One network under training: rounds of gradient steps, and the best of what they gave."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice, repeat
from threading import Event
from typing import Any, Generic

import torch

from foretell.training.course import Course, Network
from foretell.training.optimiser import AdamW
from foretell.training.schedule import Schedule

__all__ = ["Best", "End", "Progress", "Pupil", "Report"]

CLIP_NORM = 1.0
BEAT = 20  # steps between two reports within a round


class End(Enum):
    """Why training ended."""

    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    DIVERGED = "diverged"


@dataclass(frozen=True)
class Progress:
    """How far training is: sent after every round, and where a round is not a pass, within it.

    Attributes
    ----------
    member, members : int
        Network under training, counted from 0, and how many there are.
    done : int
        Rounds done, which are passes over the data where the schedule says no other.
    share : float
        Of the member's way; 1 when it is finished.
    loss, best : float
        Validation loss after the last round, and the lowest so far.
    within : bool
        Whether a round is under way; otherwise one has just been validated.
    """

    member: int
    members: int
    done: int
    share: float
    loss: float
    best: float
    within: bool = False


Report = Callable[[Progress], None]


@dataclass
class Best(Generic[Network]):
    """The best network so far.

    Attributes
    ----------
    network : Module
    loss, prior_loss : float
        Validation loss of this network, and of the untrained one.
    rounds, steps : int
        Rounds and gradient steps after which it was found.
    """

    network: Network
    loss: float
    prior_loss: float
    rounds: int = 0
    steps: int = 0
    end: End = End.FINISHED


class Pupil(Generic[Network]):
    """Takes a course until the schedule ends it, or `stop` is set from another thread.

    Parameters
    ----------
    course : Course
    schedule : Schedule
    report : callable, optional
        Called with a `Progress`.
    member, members : int
        Which network this is, and of how many.
    """

    def __init__(
        self,
        course: Course[Network, Any],
        schedule: Schedule,
        report: Report | None,
        member: int,
        members: int,
    ) -> None:
        self.stop = Event()
        self._course = course
        self._schedule = schedule
        self._report = report
        self._number = (member, members)
        self._optimiser = AdamW(course.network.parameters(), schedule.weight_decay, CLIP_NORM)
        self._done = 0
        self._steps = 0
        self._begun = time.perf_counter()
        self._validation = 0.0  # seconds that the longest one took
        self._loss = math.inf
        self._best: Best[Network]

    def learn(self, begin: Event) -> Best[Network]:
        """Learn, round after round, until validation no longer improves or the way is gone."""
        begin.wait()
        self._begun = time.perf_counter()
        course, schedule = self._course, self._schedule
        if course.noise is not None:
            torch.manual_seed(course.noise)
        self._loss = self._validate()
        self._best = best = Best(deepcopy(course.network), self._loss, self._loss)
        for lessons in self._rounds():
            if not self._round(lessons):
                best.end = End.INTERRUPTED
                if schedule.check is not None:  # rounds are long: what was learned may be better
                    self._judge()
                break
            if not self._judge():
                best.end = End.DIVERGED
                break
            over = self._done - best.rounds >= schedule.patience
            share = 1.0 if over else self._share()
            self._tell(share)
            if share >= 1.0:
                break
        return best

    def _judge(self) -> bool:
        """Validate, and keep the network where it is the best so far; False for no finite loss."""
        self._loss, best = self._validate(), self._best
        if not math.isfinite(self._loss):
            return False
        self._done += 1
        if self._loss < best.loss:
            best.network, best.loss = deepcopy(self._course.network), self._loss
            best.rounds, best.steps = self._done, self._steps
        return True

    def _rounds(self) -> Iterator[Iterator[Any]]:
        """Lessons of each round: a whole pass, or so many steps of one pass after the other."""
        passes = (self._course.lessons() for _ in repeat(None))
        if self._schedule.check is None:
            return passes
        lessons = chain.from_iterable(passes)
        return (islice(lessons, self._schedule.check) for _ in repeat(None))

    def _round(self, lessons: Iterator[Any]) -> bool:
        """One gradient step a lesson while there is time; False when told to stop."""
        course, optimiser = self._course, self._optimiser
        course.network.train()
        for lesson in lessons:
            if self.stop.is_set():
                return False
            share = self._share()
            if share >= 1.0:
                break
            loss = course.loss(lesson)
            optimiser.clear()
            torch.autograd.backward(loss)
            optimiser.step(self._schedule.rate(share))
            self._steps += 1
            if self._schedule.check and not self._steps % BEAT:
                self._tell(share, within=True)
        return True

    def _validate(self) -> float:
        began = time.perf_counter()
        self._course.network.eval()
        with torch.no_grad():
            loss = self._course.validate()
        self._validation = max(self._validation, time.perf_counter() - began)
        return loss

    def _share(self) -> float:
        """Share of the way in rounds, steps or time, whichever is furthest; 1 at its end."""
        schedule = self._schedule
        before_last_check = max(schedule.seconds - self._validation, 1e-9)
        elapsed = time.perf_counter() - self._begun
        return min(
            1.0,
            max(
                self._done / schedule.rounds,
                self._steps / schedule.steps,
                elapsed / before_last_check,
            ),
        )

    def _tell(self, share: float, *, within: bool = False) -> None:
        if self._report is not None:
            loss, best = self._loss, self._best.loss
            self._report(Progress(*self._number, self._done, share, loss, best, within))
