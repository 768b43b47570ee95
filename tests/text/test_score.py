"""Scores by hand."""

from __future__ import annotations

from math import log

import pytest

from foretell.text import Score


def test_rates_are_those_of_a_fair_die() -> None:
    """Ten throws of a die with eight sides, each written with two characters."""
    score = Score(nats=10 * log(8), tokens=10, characters=20, unknown=1)
    assert score.perplexity == pytest.approx(8.0)
    assert score.bits_per_character == pytest.approx(1.5)
    assert score.nats_per_character == pytest.approx(log(8) / 2)
    assert score.to_dict()["unknown"] == 1
