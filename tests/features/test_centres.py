"""Weights of centres: planted, and found."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.features import drawn

RNG = np.random.default_rng(0)


def test_targets_not_known_yet_teach_nothing() -> None:
    ahead_N1 = np.where(np.arange(10) < 5, 0.5, np.nan)[:, None]
    toward_H0, pull_HS = drawn(ahead_N1, np.zeros((10, 0, 1)), np.ones((10, 1)))
    assert toward_H0.shape == (1, 0)
    assert pull_HS == pytest.approx(np.array([[0.5]]), abs=0.01)


def test_weights_of_paths_and_terms_are_found_by_horizon() -> None:
    path_NMH, term_NS = RNG.normal(size=(20_000, 2, 2)), RNG.normal(size=(20_000, 1))
    ahead_NH = 0.7 * path_NMH[:, 0] - 0.2 * path_NMH[:, 1] + np.array([0.5, 0.0]) * term_NS
    toward_HM, pull_HS = drawn(ahead_NH + RNG.normal(size=ahead_NH.shape), path_NMH, term_NS)
    assert toward_HM == pytest.approx(np.array([[0.7, -0.2], [0.7, -0.2]]), abs=0.03)
    assert pull_HS == pytest.approx(np.array([[0.5], [0.0]]), abs=0.03)


def test_paths_that_say_the_same_share_their_weight() -> None:
    one_NH = RNG.normal(size=(1_000, 1))
    toward_HM, _ = drawn(one_NH, np.stack([one_NH, one_NH], axis=1), np.zeros((1_000, 0)))
    assert toward_HM == pytest.approx(np.array([[0.5, 0.5]]), abs=0.01)


def test_freak_value_is_not_all_of_the_fit() -> None:
    distance_N, ahead_N = RNG.normal(size=1_000), RNG.normal(size=1_000)
    distance_N[0], ahead_N[0] = 1e6, 1e6
    _, pull_HS = drawn(ahead_N[:, None], np.zeros((1_000, 0, 1)), distance_N[:, None])
    assert abs(pull_HS[0, 0]) < 0.2


@pytest.mark.parametrize("terms", [0, 3])
def test_nothing_to_explain_gives_finite_weights(terms: int) -> None:
    toward_HM, pull_HS = drawn(np.zeros((50, 2)), np.zeros((50, 1, 2)), np.zeros((50, terms)))
    assert not toward_HM.any()
    assert not pull_HS.any()
