"""Skill by horizon and how sure it is: the test's own figures, and the band's coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student_t

from foretell.proof import diebold_mariano, skill_band
from foretell.proof.longrun import cosines

ORIGINS, HORIZON = 400, 6


@pytest.fixture
def losses() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.exponential(0.9, (ORIGINS, HORIZON)), rng.exponential(1.0, (ORIGINS, HORIZON))


def test_skill_is_the_share_of_the_mean_loss_that_is_saved(
    losses: tuple[np.ndarray, np.ndarray],
) -> None:
    own, rival = losses
    expected = [1.0 - own[:, h].sum() / rival[:, h].sum() for h in range(HORIZON)]
    np.testing.assert_allclose(skill_band(own, rival).skill_H, expected)


def test_against_a_constant_loss_the_band_inverts_the_test() -> None:
    """Then skill is the mean difference, and its error that of Diebold and Mariano's test."""
    own = np.random.default_rng(2).exponential(0.9, (ORIGINS, HORIZON))
    rival = np.ones_like(own)
    band = skill_band(own, rival, 0.9)
    for h in range(HORIZON):
        test = diebold_mariano(own[:, h], rival[:, h], h + 1)
        quantile = student_t.ppf(0.95, test.degrees)
        reach = band.upper_H[h] - band.skill_H[h]
        assert band.skill_H[h] / reach == pytest.approx(test.statistic / quantile)
        assert band.skill_H[h] - band.lower_H[h] == pytest.approx(reach)


def test_doubling_all_losses_changes_nothing(losses: tuple[np.ndarray, np.ndarray]) -> None:
    own, rival = losses
    once, twice = skill_band(own, rival), skill_band(2.0 * own, 2.0 * rival)
    np.testing.assert_allclose(once.lower_H, twice.lower_H)
    np.testing.assert_allclose(once.upper_H, twice.upper_H)


def test_losses_in_step_leave_no_doubt() -> None:
    """Where one loss is always nine tenths of the other, so is any mean."""
    rival = np.random.default_rng(3).exponential(1.0, (ORIGINS, HORIZON))
    band = skill_band(0.9 * rival, rival)
    np.testing.assert_allclose(band.lower_H, 0.1)
    np.testing.assert_allclose(band.upper_H, 0.1)


def test_the_band_holds_the_true_skill_as_often_as_it_says() -> None:
    """Losses that overlap and share their shocks; true skill 0.1 at every horizon."""
    rng = np.random.default_rng(4)
    runs, held = 400, np.zeros(HORIZON)
    for _ in range(runs):
        own, rival = (np.empty((ORIGINS, HORIZON)) for _ in range(2))
        for h in range(HORIZON):
            common = overlapping(rng, h + 1)
            rival[:, h] = common + 0.5 * overlapping(rng, h + 1)
            own[:, h] = 0.9 * (common + 0.5 * overlapping(rng, h + 1))
        band = skill_band(own, rival)
        held += (band.lower_H <= 0.1) & (band.upper_H >= 0.1)
    assert np.all(np.abs(held / runs - 0.95) < 0.035), held / runs  # three standard errors


def overlapping(rng: np.random.Generator, horizon: int) -> np.ndarray:
    shocks = rng.exponential(1.0, ORIGINS + horizon - 1)
    return np.convolve(shocks, np.ones(horizon) / horizon, mode="valid")


def test_more_confidence_takes_a_wider_band(losses: tuple[np.ndarray, np.ndarray]) -> None:
    narrow, wide = skill_band(*losses, 0.8), skill_band(*losses, 0.99)
    assert np.all(wide.lower_H < narrow.lower_H)
    assert np.all(wide.upper_H > narrow.upper_H)
    degrees = cosines(ORIGINS, 1)
    ratio = (wide.upper_H - wide.skill_H)[0] / (narrow.upper_H - narrow.skill_H)[0]
    assert ratio == pytest.approx(student_t.ppf(0.995, degrees) / student_t.ppf(0.9, degrees))


@pytest.mark.parametrize(("origins", "horizon"), [(29, 1), (35, 36)])
def test_too_few_origins_have_no_band(origins: int, horizon: int) -> None:
    rng = np.random.default_rng(5)
    band = skill_band(*rng.exponential(1.0, (2, origins, horizon)))
    assert np.isfinite(band.skill_H).all()
    assert np.isnan(band.lower_H[-1])
    assert np.isnan(band.upper_H[-1])
