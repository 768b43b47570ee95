"""Cells side by side."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from threading import Timer

import numpy as np
import pytest
import torch

from foretell.memory.contest import Contest, contest
from foretell.memory.plan import KINDS, Budget, Plan


def test_every_kind_meets_every_length(small_contest: Contest) -> None:
    met = sorted((each.kind, each.length, each.run) for each in small_contest.trials)
    assert met == sorted(
        (kind, length, run) for kind in KINDS for length, run in ((4, 0), (8, 0), (8, 1))
    )


def test_runs_differ(small_contest: Contest) -> None:
    for kind in KINDS:
        one, two = (each for each in small_contest.trials if (each.kind, each.length) == (kind, 8))
        assert one.solution.attempts[0].errors != two.solution.attempts[0].errors


def test_kinds_meet_the_same_sequences(small_contest: Contest, tiny_plan: Plan) -> None:
    """An untrained network errs differently, but on the same answers: so no kind is favoured."""
    again = contest(replace(tiny_plan, lengths=(8,)), 0, lambda *_: None)
    for kind in KINDS:
        solution, other = again.of(kind, 8).solution, small_contest.of(kind, 8).solution
        assert solution.attempts == other.attempts
        assert solution.test_error == other.test_error


def test_gradients_are_followed_from_lag_0(small_contest: Contest) -> None:
    survivals = small_contest.survivals
    for of in (survivals.plain, survivals.helped, survivals.trained):
        assert list(of) == list(KINDS)
        for left_K in of.values():
            assert left_K.shape == (121,)
            assert left_K[0] == pytest.approx(1.0)
            assert (left_K > 0.0).all()


def test_as_they_come_the_simple_network_loses_a_thousand_times_more(
    small_contest: Contest,
) -> None:
    plain = small_contest.survivals.plain
    assert plain["rnn"][100] < plain["lstm"][100] / 1_000


def test_help_lets_gradients_live(small_contest: Contest) -> None:
    survivals = small_contest.survivals
    for kind in KINDS:
        assert survivals.helped[kind][50] > 10 * survivals.plain[kind][50]


def test_progress_counts_to_the_end(tiny_plan: Plan) -> None:
    told: list[tuple[str, int, int]] = []
    contest(replace(tiny_plan, lengths=(4,), runs=1), 0, lambda *step: told.append(step))
    assert {(title, planned) for title, _, planned in told} == {("adding problem", 3 * 80)}
    assert max(done for _, done, _ in told) == 3 * 80


def test_longest_solved_is_without_a_gap(small_contest: Contest) -> None:
    def with_errors(*errors: float) -> Contest:
        trials = [
            replace(trial, solution=replace(trial.solution, test_error=error))
            for length, error in zip((4, 8), errors, strict=True)
            for trial in [small_contest.of("gru", length)]
        ]
        return replace(small_contest, trials=tuple(trials))

    assert with_errors(0.005, 0.2).longest_solved("gru") == 4
    assert with_errors(0.005, 0.0099).longest_solved("gru") == 8
    assert with_errors(0.2, 0.001).longest_solved("gru") == 0


def test_generator_and_threads_of_the_caller_are_left_alone(tiny_plan: Plan) -> None:
    torch.manual_seed(5)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    contest(replace(tiny_plan, lengths=(4,), runs=1), 3, lambda *_: None)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.get_num_threads() == threads


def test_ctrl_c_is_heard() -> None:
    endless = Plan((30,), 1, 1, budget=Budget(steps=1_000_000, check=5, validation=20, test=20))
    timer = Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        contest(endless, 0, lambda *_: None)
    timer.join()


def test_mistake_in_a_thread_is_not_lost(tiny_plan: Plan) -> None:
    def report(*_: object) -> None:
        message = "planted"
        raise ValueError(message)

    with pytest.raises(ValueError, match="planted"):
        contest(replace(tiny_plan, lengths=(4,)), 0, report)


def test_same_seed_gives_the_same_gradients(small_contest: Contest, tiny_plan: Plan) -> None:
    again = contest(tiny_plan, 0, lambda *_: None)
    for kind in KINDS:
        one, two = small_contest.survivals.trained[kind], again.survivals.trained[kind]
        assert np.array_equal(one, two)
