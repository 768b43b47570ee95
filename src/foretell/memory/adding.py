"""The adding problem: two numbers are marked among many, and their sum is wanted at the end.

Hochreiter and Schmidhuber (Neural Computation 9, 1997, section 5.4) in the form of Le, Jaitly and
Hinton (arXiv 1504.00941, 2015). Axes: B sequences, T steps, 2 inputs, U units.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from threading import Event

import torch
from torch import nn

from foretell.memory.plan import Budget
from foretell.models.cells import Cell
from foretell.training.optimiser import AdamW

__all__ = ["Adder", "Attempt", "Solution", "problem", "solve"]

DONE = 0.003  # on validation: well within SOLVED, so that the test agrees
CLIP = 1.0
AT_ONCE = 250  # sequences to answer, so that many need no more memory


@dataclass(frozen=True)
class Attempt:
    """One training.

    Attributes
    ----------
    rate : float
        Learning rate.
    errors : tuple of float
        Mean squared error on validation, at the start and after every `Budget.check` steps.
    """

    rate: float
    errors: tuple[float, ...]


@dataclass(frozen=True)
class Solution:
    """What became of one network.

    Attributes
    ----------
    network : Adder
        At its lowest validation error.
    attempts : tuple of Attempt
        One a learning rate tried.
    best : int
        Which of them the network is from.
    test_error : float
        Mean squared error on sequences that nothing was chosen by.
    """

    network: Adder
    attempts: tuple[Attempt, ...]
    best: int
    test_error: float


def problem(
    length: int, count: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw sequences and their answers.

    Returns
    -------
    x_BT2 : Tensor, shape (count, length, 2)
        A number from 0 to 1, and a mark: 1 at one step of each half, 0 elsewhere.
    y_B : Tensor, shape (count,)
        Sum of the two marked numbers.
    """
    value_BT = torch.rand(count, length, generator=generator)
    mark_BT = torch.zeros(count, length)
    half = length // 2
    first_B1 = torch.randint(half, (count, 1), generator=generator)
    second_B1 = torch.randint(half, length, (count, 1), generator=generator)
    mark_BT.scatter_(1, torch.cat([first_B1, second_B1], dim=1), 1.0)
    return torch.stack([value_BT, mark_BT], dim=-1), (value_BT * mark_BT).sum(dim=1)


class Adder(nn.Module):
    """One recurrent layer, and a linear reading of its last hidden state.

    Parameters
    ----------
    cell : Cell
        With two inputs.
    length : int, optional
        The layer then begins in the way that is known to help it over so many steps.
    """

    def __init__(self, cell: Cell, length: int | None = None) -> None:
        super().__init__()
        self.cell = cell
        if length is not None:
            self.cell.reach(length)
        self.readout = nn.Linear(cell.units, 1)

    def forward(self, x_BT2: torch.Tensor) -> torch.Tensor:
        """Answers, shape (B,)."""
        hidden_BTU, _ = self.cell(x_BT2)
        answer_B1: torch.Tensor = self.readout(hidden_BTU[:, -1])
        return answer_B1[:, 0]


def solve(
    beginning: Adder,
    length: int,
    budget: Budget,
    seed: int,
    report: Callable[[int], None],
    stop: Event,
) -> Solution:
    """Train a network on the adding problem, from the same beginning with every rate.

    Parameters
    ----------
    beginning : Adder
        Left as it is.
    length : int
    budget : Budget
    seed : int
        Of the sequences: the same for whichever network.
    report : callable
        Takes the steps spent so far, of ``budget.steps * len(budget.rates)``.
    stop : Event
        Ends training when it is set.
    """
    held_out = torch.Generator().manual_seed(2 * seed)
    validation = problem(length, budget.validation, held_out)
    attempts: list[Attempt] = []
    best, lowest, network = 0, float("inf"), beginning
    for number, rate in enumerate(budget.rates):
        candidate = deepcopy(beginning)
        course = _Course(candidate, length, budget, rate, 2 * seed + 1)
        attempts.append(
            course.run(validation, partial(_spent, report, number * budget.steps), stop)
        )
        error = min(attempts[-1].errors)
        if error < lowest:
            best, lowest, network = number, error, course.kept
        if lowest < DONE or stop.is_set():
            break
    report(budget.steps * len(budget.rates))
    test = problem(length, budget.test, held_out)
    return Solution(network, tuple(attempts), best, _error(network, test))


def _spent(report: Callable[[int], None], before: int, steps: int) -> None:
    report(before + steps)


class _Course:
    """One training at one learning rate."""

    def __init__(self, network: Adder, length: int, budget: Budget, rate: float, seed: int) -> None:
        self.kept = network
        self._network = network
        self._length = length
        self._budget = budget
        self._rate = rate
        self._optimiser = AdamW(network.parameters(), weight_decay=0.0, clip=CLIP)
        self._generator = torch.Generator().manual_seed(seed)

    def run(
        self,
        validation: tuple[torch.Tensor, torch.Tensor],
        report: Callable[[int], None],
        stop: Event,
    ) -> Attempt:
        """Train until the budget is spent, or the problem solved; keep the best network."""
        budget = self._budget
        errors = [_error(self._network, validation)]
        for done in range(budget.check, budget.steps + 1, budget.check):
            for _ in range(budget.check):
                self._step()
            error = _error(self._network, validation)
            if error < min(errors):
                self.kept = deepcopy(self._network)
            errors.append(error)
            report(done)
            if error < DONE or stop.is_set():
                break
        return Attempt(self._rate, tuple(errors))

    def _step(self) -> None:
        x_BT2, y_B = problem(self._length, self._budget.batch, self._generator)
        loss = (self._network(x_BT2) - y_B).square().mean()
        self._optimiser.clear()
        torch.autograd.backward(loss)
        self._optimiser.step(self._rate)


@torch.no_grad()
def _error(network: Adder, problems: tuple[torch.Tensor, torch.Tensor]) -> float:
    x_BT2, y_B = problems
    answers = torch.cat([network(part_BT2) for part_BT2 in torch.split(x_BT2, AT_ONCE)])
    return float((answers - y_B).square().mean())
