"""The learning rate over the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from foretell.training.schedule import WARM_UP, Schedule

ANNEALED = Schedule(0.1, 0.0, rounds=4, annealed=True)


def test_constant_rate_is_constant() -> None:
    schedule = replace(ANNEALED, annealed=False)
    assert {schedule.rate(share) for share in np.linspace(0, 1, 11)} == {0.1}


def test_annealed_rate_rises_and_falls_to_zero_along_a_cosine() -> None:
    assert ANNEALED.rate(0.0) == pytest.approx(0.1 * 0.05)
    assert ANNEALED.rate(WARM_UP / 2) == pytest.approx(0.05)
    assert ANNEALED.rate(WARM_UP) == pytest.approx(0.1)
    assert ANNEALED.rate((1 + WARM_UP) / 2) == pytest.approx(0.05)
    assert ANNEALED.rate(WARM_UP + (1 - WARM_UP) / 3) == pytest.approx(0.075)  # cos 60 degrees
    assert ANNEALED.rate(1.0) == pytest.approx(0.0)
