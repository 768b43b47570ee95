"""Rounds of gradient steps, on a course whose losses are known."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest
import torch
from torch import nn

from foretell.training.course import Course
from foretell.training.pupil import Best, End, Progress, Pupil
from foretell.training.schedule import Schedule

SCHEDULE = Schedule(0.01, 0.0, steps=150, check=25)


class Dot(nn.Module):
    """One number."""

    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.zeros(1))


class Walk(Course[Dot, int]):
    """Move the number to the right; the script says what each validation finds."""

    def __init__(self, script: list[float], lessons: int = 10, sleep: float = 0.0) -> None:
        super().__init__(Dot(), None)
        self.script = iter(script)
        self.taken: list[int] = []
        self.modes: list[bool] = []
        self._lessons = lessons
        self._sleep = sleep

    def lessons(self) -> Iterator[int]:
        return iter(range(self._lessons))

    def loss(self, lesson: int) -> torch.Tensor:
        self.taken.append(lesson)
        self.modes.append(self.network.training)
        time.sleep(self._sleep)
        return -self.network.place.sum()

    def validate(self) -> float:
        self.modes.append(self.network.training)
        return next(self.script)


def learn(course: Walk, schedule: Schedule) -> tuple[Best[Dot], list[Progress]]:
    told: list[Progress] = []
    begin = Event()
    begin.set()
    return Pupil(course, schedule, told.append, 0, 1).learn(begin), told


def place(best: Best[Dot]) -> float:
    return best.network.place.item()


def test_rounds_of_steps_go_on_through_the_passes() -> None:
    course = Walk([9, 8, 7, 6, 5, 4, 3])
    best, _ = learn(course, SCHEDULE)
    assert course.taken == list(range(10)) * 15
    assert (best.rounds, best.steps, best.loss, best.prior_loss) == (6, 150, 3, 9)
    assert place(best) == pytest.approx(1.5, rel=1e-3)  # Adam's steps have the length of the rate


def test_round_without_steps_is_a_pass() -> None:
    course = Walk([9, 8, 7, 6, 5, 4, 3])
    learn(course, replace(SCHEDULE, check=None, steps=60))
    assert course.taken == list(range(10)) * 6


def test_network_is_in_training_mode_for_lessons_alone() -> None:
    course = Walk([9, 8, 7], lessons=2)
    learn(course, replace(SCHEDULE, check=2, rounds=2))
    assert course.modes == [False, True, True, False, True, True, False]


def test_last_round_ends_where_the_steps_do() -> None:
    course = Walk([9, 8, 7, 6])
    best, told = learn(course, replace(SCHEDULE, steps=60))
    assert (best.steps, len(course.taken), told[-1].share) == (60, 60, 1.0)


def test_best_network_is_kept_as_it_was() -> None:
    best, told = learn(Walk([9, 8, 2, 6, 5, 4, 3]), SCHEDULE)
    assert (best.rounds, best.steps, best.loss) == (2, 50, 2)
    assert place(best) == pytest.approx(0.5, rel=1e-3)
    assert [(each.loss, each.best) for each in told if not each.within][1:3] == [(2, 2), (6, 2)]


def test_patience_ends_it() -> None:
    best, told = learn(Walk([9, 5, 6, 7, 1, 1, 1]), replace(SCHEDULE, patience=2))
    assert (best.rounds, told[-1].done, told[-1].share) == (1, 3, 1.0)


def test_loss_that_is_not_finite_ends_it() -> None:
    best, _ = learn(Walk([9, 5, math.nan, 1]), SCHEDULE)
    assert (best.end, best.rounds, best.loss) == (End.DIVERGED, 1, 5)


def test_time_ends_it_in_the_middle_of_a_round() -> None:
    course = Walk([9, 8, 7], sleep=0.01)
    began = time.perf_counter()
    best, told = learn(course, replace(SCHEDULE, steps=10**9, check=10**9, seconds=0.2))
    assert time.perf_counter() - began < 2.0
    assert 1 <= len(course.taken) <= 21
    assert (best.rounds, best.end, told[-1].share) == (1, End.FINISHED, 1.0)


def test_rate_follows_the_share_of_the_way() -> None:
    annealed = replace(SCHEDULE, steps=1000, check=1000, annealed=True)
    course = Walk([9, 8])
    best, told = learn(course, annealed)
    mean = sum(annealed.rate(step / 1000) for step in range(1000))
    assert place(best) == pytest.approx(mean, rel=1e-2)
    assert [each.share for each in told if each.within][:2] == pytest.approx([0.019, 0.039])
