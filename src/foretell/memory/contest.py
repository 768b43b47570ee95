"""RNN, GRU and LSTM on the adding problem, side by side, and the gradient through each.

Every cell has the same budget and starts in the way that is known to help it: orthogonal weights
for the RNN, gates that keep for the other two (`foretell.models.cells.Cell.reach`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import numpy as np
import torch

from foretell.memory.adding import Adder, Solution, problem, solve
from foretell.memory.gradients import averaged, survival
from foretell.memory.plan import KINDS, SOLVED, Budget, Plan
from foretell.models.cells import CELLS
from foretell.training.loop import results

__all__ = ["Contest", "Survivals", "Trial", "contest"]

# Sequences that gradients are averaged over. A trained network follows the marks, and a step is
# marked in one of a hundred sequences.
FEW, MANY = 32, 256

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Trial:
    """One network on one length."""

    kind: str
    length: int
    run: int
    solution: Solution

    @property
    def solved(self) -> bool:
        """Whether the test error is below 0.01."""
        return self.solution.test_error < SOLVED


@dataclass(frozen=True)
class Survivals:
    """The share of the gradient that is left, by lag from 0; of each kind the mean over runs.

    Attributes
    ----------
    plain, helped : dict of str to ndarray
        Before training: as PyTorch starts each kind (the LSTM with a forget bias of 1), and as
        `Cell.reach` does.
    trained : dict of str to ndarray
        After training on the greatest length, from the second of these.
    """

    plain: dict[str, np.ndarray]
    helped: dict[str, np.ndarray]
    trained: dict[str, np.ndarray]


@dataclass(frozen=True)
class Contest:
    """What was measured."""

    plan: Plan
    trials: tuple[Trial, ...]
    survivals: Survivals

    def of(self, kind: str, length: int) -> Trial:
        """The first run of a kind at a length."""
        return next(each for each in self.trials if (each.kind, each.length) == (kind, length))

    def longest_solved(self, kind: str) -> int:
        """Greatest length of those solved without a gap from the shortest on; 0 for none."""
        longest = 0
        for length in self.plan.lengths:
            if not self.of(kind, length).solved:
                break
            longest = length
        return longest


def contest(plan: Plan, seed: int, report: Report) -> Contest:
    """Train every kind on every length, and follow the gradients.

    Parameters
    ----------
    plan : Plan
    seed : int
        The same seed on the same machine gives the same figures.
    report : callable
        Takes what is done, and how much of how much, in gradient steps.

    Raises
    ------
    KeyboardInterrupt
        Ctrl-C, once the networks under training have stopped.
    """
    helped = {kind: _beginnings(kind, plan, plan.lengths[-1], seed) for kind in KINDS}
    trials = _train(_tasks(plan, helped, seed), plan.budget, report)
    generator = torch.Generator().manual_seed(seed)
    x_BT2, _ = problem(plan.lags + 1, MANY, generator)

    def mean(networks: list[Adder], sequences: int = FEW) -> np.ndarray:
        seen_BT2 = x_BT2[:sequences]
        return averaged([survival(each.cell, seen_BT2, generator) for each in networks])

    longest = [each for each in trials if each.length == plan.lengths[-1]]
    survivals = Survivals(
        plain={kind: mean(_beginnings(kind, plan, None, seed)) for kind in KINDS},
        helped={kind: mean(helped[kind]) for kind in KINDS},
        trained={
            kind: mean([each.solution.network for each in longest if each.kind == kind], MANY)
            for kind in KINDS
        },
    )
    return Contest(plan, tuple(trials), survivals)


@dataclass(frozen=True)
class _Task:
    kind: str
    length: int
    run: int
    seed: int
    beginning: Adder


def _beginnings(kind: str, plan: Plan, length: int | None, seed: int) -> list[Adder]:
    """Untrained networks; the global generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        networks = []
        for start in range(plan.starts):
            torch.manual_seed(1_000 * seed + start)
            networks.append(Adder(CELLS[kind](2, plan.budget.units), length))
    return networks


def _tasks(plan: Plan, helped: dict[str, list[Adder]], seed: int) -> list[_Task]:
    """The longest first, so that no core is left waiting for one at the end."""
    tasks = []
    for length in reversed(plan.lengths):
        last = length == plan.lengths[-1]
        for kind in KINDS:
            networks = helped[kind] if last else _beginnings(kind, plan, length, seed)
            tasks += [
                _Task(kind, length, run, 1_000 * seed + run, networks[run])
                for run in range(plan.runs if last else 1)
            ]
    return tasks


def _train(tasks: list[_Task], budget: Budget, report: Report) -> list[Trial]:
    """Train in threads, each with a core of its own."""
    steps = budget.steps * len(budget.rates)
    spent = [0] * len(tasks)
    stop = Event()

    def run(number: int) -> Trial:
        def tell(done: int) -> None:
            spent[number] = done
            report("adding problem", sum(spent), steps * len(tasks))

        task = tasks[number]
        solution = solve(task.beginning, task.length, budget, task.seed, tell, stop)
        return Trial(task.kind, task.length, task.run, solution)

    threads = torch.get_num_threads()
    with ThreadPoolExecutor(
        os.cpu_count() or 1, initializer=torch.set_num_threads, initargs=(1,)
    ) as pool:
        futures = [pool.submit(run, number) for number in range(len(tasks))]
        try:
            return results(futures)
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
        finally:
            torch.set_num_threads(threads)
