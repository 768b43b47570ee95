"""Draws: what is left out is never drawn, and the rest as often as it should be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.errors import UsageError
from foretell.text import Sampler

ODDS = np.array([0.1, 0.4, 0.05, 0.25, 0.2])
LOGITS = np.log(ODDS).astype(np.float32) + 3.0
DRAWS = 20_000


def shares(sampler: Sampler, never: int | None = None) -> np.ndarray:
    drawn = [sampler.draw(LOGITS, never) for _ in range(DRAWS)]
    return np.bincount(drawn, minlength=len(ODDS)) / DRAWS


def close(found: np.ndarray, expected: np.ndarray) -> bool:
    """Within four standard errors; what has no probability is never drawn."""
    allowed = 4 * np.sqrt(expected * (1 - expected) / DRAWS)
    return bool((np.abs(found - expected) <= allowed).all())


def cut(*kept: int) -> np.ndarray:
    left = np.zeros_like(ODDS)
    left[list(kept)] = ODDS[list(kept)]
    return left / left.sum()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, ODDS),
        ({"temperature": 0.5}, ODDS**2 / (ODDS**2).sum()),
        ({"temperature": 2.0}, ODDS**0.5 / (ODDS**0.5).sum()),
        ({"top_k": 1}, cut(1)),
        ({"top_k": 3}, cut(1, 3, 4)),
        ({"top_k": 99}, ODDS),
        ({"top_p": 0.39}, cut(1)),
        ({"top_p": 0.6}, cut(1, 3)),
        ({"top_p": 0.66}, cut(1, 3, 4)),
        ({"top_p": 1.0}, ODDS),
        ({"top_k": 3, "top_p": 0.46}, cut(1)),
        ({"top_k": 3, "top_p": 0.48}, cut(1, 3)),
    ],
)  # fmt: skip
def test_categories_are_drawn_as_often_as_their_odds_say(
    arguments: dict[str, float], expected: np.ndarray
) -> None:
    assert close(shares(Sampler(seed=4, **arguments)), expected)


@pytest.mark.parametrize("temperature", [1e-12, 1e-300, 5e-324])
def test_the_coldest_draw_the_likeliest(temperature: float) -> None:
    assert set(np.flatnonzero(shares(Sampler(temperature, seed=4)))) == {1}
    assert set(np.flatnonzero(shares(Sampler(temperature, seed=4), 1))) == {3}
    alike_V = np.array([2.0, -1e38, 2.0], dtype=np.float32)
    drawn = {Sampler(temperature, seed=seed).draw(alike_V) for seed in range(40)}
    assert drawn == {0, 2}


def test_that_would_notice_a_wrong_temperature() -> None:
    assert not close(shares(Sampler(temperature=1.1, seed=4)), ODDS)


def test_category_that_is_never_to_be_drawn_is_not() -> None:
    for never in range(5):
        kept = [each for each in range(5) if each != never]
        assert close(shares(Sampler(seed=1), never), cut(*kept))
        assert shares(Sampler(seed=1, top_k=5), never)[never] == 0


@given(
    logits=st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=20),
    temperature=st.floats(1e-3, 1e3),
)
def test_extreme_odds_give_a_category(logits: list[float], temperature: float) -> None:
    logits_V = np.array(logits, dtype=np.float32)
    assert 0 <= Sampler(temperature, seed=0).draw(logits_V) < len(logits)
    likeliest = Sampler(temperature, top_k=1, seed=0).draw(logits_V)
    assert logits_V[likeliest] >= logits_V.max() - 1e-9 * temperature


def test_same_seed_gives_the_same_draws() -> None:
    one, other, third = ([Sampler(seed=s).draw(LOGITS) for _ in range(50)] for s in (5, 5, 6))
    assert one == other
    runs = [[s.draw(LOGITS) for _ in range(50)] for s in (Sampler(seed=5), Sampler(seed=6))]
    assert runs[0] != runs[1]
    assert len(third) == 50


def test_logits_are_left_as_they_were() -> None:
    before = LOGITS.copy()
    Sampler(seed=0, temperature=0.3).draw(LOGITS, 1)
    assert np.array_equal(LOGITS, before)


@pytest.mark.parametrize(
    "arguments",
    [
        {"temperature": 0.0}, {"temperature": -1.0}, {"temperature": float("nan")},
        {"temperature": float("inf")}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.01},
        {"top_p": float("nan")}, {"seed": -1}, {"temperature": "1"}, {"temperature": None},
        {"temperature": True}, {"top_k": 2.0}, {"top_k": "3"}, {"top_p": "0.5"}, {"top_p": True},
        {"seed": 0.5}, {"seed": "a"},
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_meant_are_refused(arguments: dict[str, Any]) -> None:
    (name,) = arguments
    with pytest.raises(UsageError, match=f"{name} is {arguments[name]!r}; give "):
        Sampler(**arguments)
