"""How long a training lasts, and how far each of its steps goes."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, inf, pi

__all__ = ["Schedule"]

WARM_UP = 0.02  # share of the way over which an annealed rate rises
LEAST = 0.05  # of the full rate, for the first step


@dataclass(frozen=True)
class Schedule:
    """Rounds of gradient steps, each followed by a validation.

    Attributes
    ----------
    learning_rate, weight_decay : float
        Of AdamW (Loshchilov and Hutter, ICLR 2019).
    rounds, steps, seconds : float
        The most that training may take, its validations included: whichever comes first.
    check : int, optional
        Gradient steps of a round; by default a round is a pass over the data.
    patience : float
        Rounds without a better validation loss before training stops.
    annealed : bool
        Whether the learning rate rises over the first `WARM_UP` of the way and then falls to zero
        along a cosine (Loshchilov and Hutter, ICLR 2017); otherwise it is constant.
    threads : int
        Threads that a network's matrices are divided among.
    """

    learning_rate: float
    weight_decay: float
    rounds: float = inf
    steps: float = inf
    seconds: float = inf
    check: int | None = None
    patience: float = inf
    annealed: bool = False
    threads: int = 1

    def rate(self, share: float) -> float:
        """Learning rate after a share of the way."""
        if not self.annealed:
            return self.learning_rate
        if share < WARM_UP:
            return self.learning_rate * max(share / WARM_UP, LEAST)
        return self.learning_rate * (1.0 + cos(pi * (share - WARM_UP) / (1.0 - WARM_UP))) / 2.0
