"""The NumPy RNN against its equation written out plainly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def elman(
    x: np.ndarray, hidden: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray]:
    """Elman 1990: what enters is the input beside a copy of the last hidden units."""
    return (np.tanh(x @ weight[: len(x)] + hidden @ weight[len(x) :] + bias),)


def test_cell_follows_the_equation(check_equations: Callable[..., None]) -> None:
    check_equations("rnn", elman, 1)
