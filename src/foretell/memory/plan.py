"""How much is measured of RNN, GRU and LSTM: sizes, budgets, thresholds. Needs no PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["BLIND", "FULL", "KINDS", "QUICK", "SOLVED", "Budget", "Plan"]

KINDS = ("rnn", "gru", "lstm")
BLIND = 1.0 / 6.0  # variance of the sum of two uniform numbers: the error of who remembers nothing
SOLVED = 0.01  # an error below it


@dataclass(frozen=True)
class Budget:
    """What every cell is given, whichever it is.

    Attributes
    ----------
    units, batch, steps : int
        Of one training; every batch is drawn afresh.
    rates : tuple of float
        Learning rates, tried in this order until the problem is solved.
    check : int
        Steps between two looks at the validation error.
    validation, test : int
        Sequences to choose by, and others to be judged by.
    """

    units: int = 64
    batch: int = 32
    steps: int = 2_000
    rates: tuple[float, ...] = (1e-2, 3e-3, 1e-3)
    check: int = 50
    validation: int = 500
    test: int = 4_000


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes
    ----------
    lengths : tuple of int
        Of the adding problem, increasing.
    runs : int
        Networks of each kind at the greatest length, whose gradients are then averaged.
    starts : int
        Untrained networks of each kind, likewise.
    lags : int
        Steps back that gradients are followed.
    budget : Budget
    """

    lengths: tuple[int, ...] = (10, 25, 50, 100, 200)
    runs: int = 2
    starts: int = 5
    lags: int = 200
    budget: Budget = field(default_factory=Budget)


FULL = Plan()
QUICK = Plan((10, 20, 40), 1, 3, budget=Budget(steps=500, rates=(1e-2, 3e-3), test=1_000))
