"""The adding problem as it is drawn, and what training on it is."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
import torch

from foretell.memory.adding import DONE, Adder, problem, solve
from foretell.memory.plan import BLIND, Budget
from foretell.models.cells import CELLS


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def adder(kind: str = "lstm", units: int = 8, length: int = 4) -> Adder:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Adder(CELLS[kind](2, units), length)


def attempt(budget: Budget, network: Adder | None = None, **more: Any) -> Any:
    told: list[int] = []
    arguments = {"length": 4, "seed": 1, "report": told.append, "stop": Event()} | more
    return solve(network or adder(), budget=budget, **arguments), told


# -- the problem -------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [2, 3, 10, 201])
def test_one_step_of_each_half_is_marked(length: int) -> None:
    x_BT2, _ = problem(length, 500, generator())
    mark_BT, half = x_BT2[..., 1], length // 2
    assert x_BT2.shape == (500, length, 2)
    assert set(mark_BT.unique().tolist()) == {0.0, 1.0} or length == 2
    assert (mark_BT[:, :half].sum(dim=1) == 1.0).all()
    assert (mark_BT[:, half:].sum(dim=1) == 1.0).all()
    assert (mark_BT.sum(dim=0) > 0.0).all()  # every step is marked now and then


def test_answer_is_the_sum_of_what_is_marked() -> None:
    x_BT2, y_B = problem(20, 50, generator())
    for sequence, answer in zip(x_BT2.tolist(), y_B.tolist(), strict=True):
        first, second = (value for value, mark in sequence if mark)
        assert answer == pytest.approx(first + second)


def test_values_fill_the_unit_interval_evenly() -> None:
    x_BT2, _ = problem(40, 2_000, generator())
    value = x_BT2[..., 0]
    assert 0.0 <= float(value.min()) < 0.001
    assert 0.999 < float(value.max()) < 1.0
    assert float(value.mean()) == pytest.approx(0.5, abs=0.005)


def test_answering_one_every_time_costs_the_variance() -> None:
    """Two uniform numbers: 2 / 12."""
    _, y_B = problem(10, 100_000, generator())
    assert float((y_B - 1.0).square().mean()) == pytest.approx(BLIND, rel=0.02)


# -- training ----------------------------------------------------------------------------------


def test_short_problem_is_solved() -> None:
    budget = Budget(units=16, steps=600, rates=(1e-2,), validation=300, test=300)
    solution, _ = attempt(budget, adder(units=16))
    assert solution.test_error < 0.01
    assert min(solution.attempts[0].errors) < DONE


def test_it_stops_when_it_is_solved_and_tries_no_other_rate() -> None:
    budget = Budget(units=16, steps=2_000, rates=(1e-2, 3e-3), validation=300, test=300)
    solution, told = attempt(budget, adder(units=16))
    assert len(solution.attempts) == 1
    assert len(solution.attempts[0].errors) < 2_000 / budget.check
    assert told[-1] == 2 * 2_000


def test_every_rate_is_tried_from_the_same_beginning_on_the_same_sequences() -> None:
    budget = Budget(units=8, steps=20, check=10, rates=(1e-3, 1e-3, 1e-2), validation=50, test=50)
    solution, told = attempt(budget)
    one, two, three = (each.errors for each in solution.attempts)
    assert one == two
    assert three[0] == one[0]
    assert three != one
    assert told == [10, 20, 30, 40, 50, 60, 60]


def test_kept_network_is_the_best_of_all_and_not_the_last() -> None:
    budget = Budget(units=8, steps=100, check=10, rates=(3e-3, 0.5), validation=200, test=200)
    beginning = adder()
    solution, _ = attempt(budget, beginning)
    lowest = min(min(each.errors) for each in solution.attempts)
    assert min(solution.attempts[solution.best].errors) == lowest
    x_BT2, y_B = problem(4, 200, generator(2))  # the validation sequences of seed 1
    with torch.no_grad():
        error = float((solution.network(x_BT2) - y_B).square().mean())
    assert error == pytest.approx(lowest, rel=1e-6)


def test_test_sequences_are_not_those_of_validation() -> None:
    budget = Budget(units=8, steps=10, check=10, rates=(1e-3,), validation=100, test=100)
    solution, _ = attempt(budget)
    assert solution.test_error != pytest.approx(min(solution.attempts[0].errors), rel=1e-4)


def test_same_seed_gives_the_same_figures() -> None:
    budget = Budget(units=8, steps=30, check=10, rates=(1e-2,), validation=50, test=50)
    one, two = (attempt(budget)[0] for _ in range(2))
    assert (one.attempts, one.test_error) == (two.attempts, two.test_error)


def test_beginning_is_left_as_it_was() -> None:
    network = adder()
    before = [p.clone() for p in network.parameters()]
    attempt(Budget(units=8, steps=10, check=10, rates=(1e-2,), validation=50, test=50), network)
    assert all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))


def test_stop_ends_training_at_the_next_check() -> None:
    stop = Event()
    stop.set()
    budget = Budget(units=8, steps=1_000, check=10, rates=(1e-3, 1e-2), validation=50, test=50)
    solution, _ = attempt(budget, stop=stop)
    assert [len(each.errors) for each in solution.attempts] == [2]
