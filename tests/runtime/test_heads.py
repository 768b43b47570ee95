"""The NumPy head: the prior where it says nothing, and never crossing quantiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretell.runtime.heads import QuantileHead, sum_matrix

SEEDS = st.integers(0, 2**32 - 1)


def prior(rng: np.random.Generator, horizon: int, levels: int) -> np.ndarray:
    gaps_HK = rng.uniform(0.05, 1.0, (horizon, levels))
    centred_HK = np.cumsum(gaps_HK, axis=1) - 0.5 * levels
    return centred_HK.astype(np.float32)


def forecast(head: QuantileHead, seen_MSD: np.ndarray) -> np.ndarray:
    """Quantiles from what is read, without the 1 that the buffers have at the end."""
    seen_MS1D = np.ones((*seen_MSD.shape[:2], 1, seen_MSD.shape[2] + 1), dtype=np.float32)
    seen_MS1D[:, :, 0, :-1] = seen_MSD
    return head.step(head.start(seen_MS1D))


@given(SEEDS, st.sampled_from([3, 5, 11]), st.sampled_from([1, 3]))
def test_zero_weights_give_the_prior(seed: int, levels: int, members: int) -> None:
    rng = np.random.default_rng(seed)
    prior_HK = prior(rng, 4, levels)
    head = QuantileHead(np.zeros((members, 6, prior_HK.size), dtype=np.float32), prior_HK)
    z_SHK = forecast(head, rng.normal(size=(members, 2, 6)))
    assert z_SHK == pytest.approx(np.stack([prior_HK] * 2), abs=2e-6)
    assert np.array_equal(z_SHK[0], z_SHK[1])


@given(SEEDS, st.sampled_from([3, 5, 11]), st.sampled_from([1, 3]))
def test_quantiles_increase_whatever_the_weights(seed: int, levels: int, members: int) -> None:
    rng = np.random.default_rng(seed)
    prior_HK = prior(rng, 3, levels)
    weight = rng.normal(0.0, 0.8, (members, 5, prior_HK.size)).astype(np.float32)
    z_SHK = forecast(QuantileHead(weight, prior_HK), rng.normal(size=(members, 4, 5)))
    assert z_SHK.shape == (4, 3, levels)
    assert (np.diff(z_SHK, axis=-1) > 0.0).all()


@given(SEEDS)
def test_quantiles_never_cross_even_at_extreme_weights(seed: int) -> None:
    rng = np.random.default_rng(seed)
    prior_HK = prior(rng, 3, 11)
    weight = rng.normal(0.0, 3.0, (2, 5, prior_HK.size)).astype(np.float32)
    z_SHK = forecast(QuantileHead(weight, prior_HK), rng.normal(size=(2, 4, 5)))
    assert (np.diff(z_SHK, axis=-1) >= 0.0).all()


PRIOR = np.array([[-3.0, -1.0, 0.5, 2.0, 6.0], [-4.0, -2.0, 0.0, 2.0, 4.0]], dtype=np.float32)
DOUBLE = float(np.log(2.0))


def with_output(number: int, value: float) -> np.ndarray:
    """Quantiles when one output alone is not zero."""
    weight = np.zeros((1, 1, PRIOR.size), dtype=np.float32)
    weight[0, 0, number] = value
    return forecast(QuantileHead(weight, PRIOR), np.ones((1, 1, 1)))[0]


def test_last_output_of_a_horizon_moves_all_its_quantiles() -> None:
    assert with_output(4, 0.25) == pytest.approx(PRIOR + np.array([[0.25], [0.0]]))
    assert with_output(9, 0.25) == pytest.approx(PRIOR + np.array([[0.0], [0.25]]))


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (0, [-5.0, -1.0, 0.5, 2.0, 6.0]),
        (1, [-4.5, -2.5, 0.5, 2.0, 6.0]),
        (2, [-3.0, -1.0, 0.5, 3.5, 7.5]),
        (3, [-3.0, -1.0, 0.5, 2.0, 10.0]),
    ],
)
def test_other_outputs_widen_one_gap_from_the_lowest_up(gap: int, expected: list[float]) -> None:
    z_HK = with_output(gap, DOUBLE)
    assert z_HK[0] == pytest.approx(expected)
    assert z_HK[1] == pytest.approx(PRIOR[1])


def test_matrix_adds_up_gaps_from_the_median() -> None:
    parts = np.array([2.0, 1.0, 3.0, 5.0, 10.0])  # four gaps and the median
    assert (parts @ sum_matrix(5)).tolist() == [7.0, 9.0, 10.0, 13.0, 18.0]


def test_members_are_averaged() -> None:
    weight = np.zeros((2, 1, PRIOR.size), dtype=np.float32)
    weight[:, 0, 4] = [1.0, 2.0]
    z_SHK = forecast(QuantileHead(weight, PRIOR), np.ones((2, 1, 1)))
    assert z_SHK[0, 0] == pytest.approx(PRIOR[0] + 1.5)


def test_series_is_rounded_alike_alone_and_beside_others() -> None:
    rng = np.random.default_rng(0)
    head = QuantileHead(rng.normal(size=(3, 7, 22)).astype("f4"), prior(rng, 2, 11))
    seen_MSD = rng.normal(size=(3, 9, 7)).astype(np.float32)
    alone = np.concatenate([forecast(head, seen_MSD[:, [series]]) for series in range(9)])
    assert np.array_equal(forecast(head, seen_MSD), alone)


def test_step_remembers_nothing() -> None:
    rng = np.random.default_rng(1)
    head = QuantileHead(rng.normal(size=(2, 7, 22)).astype("f4"), prior(rng, 2, 11))
    buffers = head.start(rng.normal(size=(2, 1, 1, 8)).astype("f4"))
    first = head.step(buffers).copy()
    assert np.array_equal(head.step(buffers), first)
