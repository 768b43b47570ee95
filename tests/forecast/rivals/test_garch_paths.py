"""Quantiles between nodes are those of a simulation from the very variance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from foretell.forecast.rivals.garch import Garch
from foretell.forecast.rivals.garch_paths import innovations, path_quantiles, simulate

GARCH = Garch(mu=0.02, omega=0.05, alpha=0.05, gamma=0.08, beta=0.87, nu=4.0, backcast=1.0)


@pytest.fixture(scope="module")
def z_HP() -> np.ndarray:
    return innovations(GARCH.nu, 8, (1, 2))


def test_innovations_have_their_distribution(z_HP: np.ndarray) -> None:
    assert z_HP.shape == (8, 8_192)
    for z_P in z_HP:
        wanted = stats.t.ppf([0.05, 0.5, 0.9], 4.0) / np.sqrt(2.0)
        np.testing.assert_allclose(np.quantile(z_P, [0.05, 0.5, 0.9]), wanted, atol=0.01)
    assert np.abs(np.corrcoef(z_HP) - np.eye(8)).max() < 0.05


def test_a_path_is_that_of_the_equations(z_HP: np.ndarray, levels: np.ndarray) -> None:
    sum_PH: list[list[float]] = []
    for z_H in z_HP.T[:101].tolist():
        variance, total = 0.7, 0.0
        sum_PH.append([])
        for z in z_H:
            shock = np.sqrt(variance) * z
            total += shock
            variance = 0.05 + (0.05 + 0.08 * (shock < 0)) * shock**2 + 0.87 * variance
            sum_PH[-1].append(total)
    q_GHK = simulate(GARCH, np.array([0.7]), z_HP[:, :101], levels)
    np.testing.assert_allclose(q_GHK[0], np.quantile(sum_PH, levels, axis=0).T)


def test_between_nodes_the_error_is_far_below_the_noise(
    z_HP: np.ndarray, levels: np.ndarray
) -> None:
    variance_T = np.exp(np.random.default_rng(0).uniform(-0.9, 4.0, 40))
    mean_H1 = GARCH.mu * np.arange(1, 9)[:, None]
    direct_THK = simulate(GARCH, variance_T, z_HP, levels) + mean_H1
    again_THK = simulate(GARCH, variance_T, innovations(GARCH.nu, 8, (3, 4)), levels) + mean_H1
    between_THK = path_quantiles(GARCH, variance_T, z_HP, levels)
    error, noise = (
        np.sqrt(np.mean((each_THK - direct_THK) ** 2)) for each_THK in (between_THK, again_THK)
    )
    assert 0.0 < error < 0.1 * noise


def test_quantiles_are_numpys(levels: np.ndarray) -> None:
    """With one step to go the sums are the innovations themselves."""
    z_HP = np.random.default_rng(0).normal(size=(1, 999))
    q_GHK = simulate(GARCH, np.array([4.0]), z_HP, levels)
    np.testing.assert_allclose(q_GHK[0, 0], 2.0 * np.quantile(z_HP, levels))


def test_an_origin_does_not_depend_on_the_others(z_HP: np.ndarray, levels: np.ndarray) -> None:
    variance_T = np.random.default_rng(0).lognormal(size=50)
    together = path_quantiles(GARCH, variance_T, z_HP, levels)
    alone = path_quantiles(GARCH, variance_T[17:18], z_HP, levels)
    assert together[17].tobytes() == alone[0].tobytes()
