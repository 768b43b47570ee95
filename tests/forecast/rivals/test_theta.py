"""The theta method carried forward is what statsforecast says from every bar."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from foretell.forecast.rivals import AutoTheta
from foretell.forecast.rivals.theta import lines, theta_centres
from foretell.series import Frequency, Sequence

models = pytest.importorskip("statsforecast.models")
HORIZON, FIRST = 8, 150


@pytest.fixture(scope="module")
def level_T() -> np.ndarray:
    return 3.0 + np.random.default_rng(2).normal(0.01, 0.05, 220).cumsum()


@pytest.mark.parametrize("variant", ["STM", "OTM", "DSTM", "DOTM"])
def test_centres_are_the_librarys(variant: str, level_T: np.ndarray) -> None:
    fitted = models.AutoTheta(season_length=1, model=variant).fit(level_T[:FIRST])
    centre_TH = theta_centres(fitted.model_, level_T, HORIZON)
    for bar in (5, FIRST - 1, FIRST, 200):
        wanted_H = fitted.forward(level_T[: bar + 1], h=HORIZON)["mean"]
        np.testing.assert_allclose(centre_TH[bar], wanted_H, rtol=1e-9)


def test_the_rival_is_the_library_between_errors(
    level_T: np.ndarray, make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    fitted = models.AutoTheta(season_length=1).fit(level_T[:FIRST])
    centre_TH, _ = AutoTheta(HORIZON, levels)._path(make(level_T, log=True), FIRST)
    wanted_H = fitted.forward(level_T[:201], h=HORIZON)["mean"]
    np.testing.assert_allclose(centre_TH[200], wanted_H, rtol=1e-9)


@pytest.mark.parametrize("product", [True, False])
def test_a_season_is_that_before_the_first_origin(
    product: bool, level_T: np.ndarray, make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    season_T = np.sin(2.0 * np.pi * np.arange(len(level_T)) / 12)
    level_T = level_T * np.exp(0.3 * season_T) if product else level_T - 4.0 + season_T
    fitted = models.AutoTheta(season_length=12).fit(level_T[:FIRST])
    assert fitted.model_["decompose"]
    kind = "multiplicative" if product else "additive"
    assert fitted.model_["decomposition_type"] == kind
    row = make(level_T, Frequency(30 * 86_400, months=1))
    centre_TH, _ = AutoTheta(HORIZON, levels)._path(row, FIRST)
    np.testing.assert_allclose(centre_TH[FIRST - 1], fitted.predict(HORIZON)["mean"], rtol=1e-9)
    # A year and a day of it later the season is still in its place.
    ahead_H = level_T[FIRST + 18 : FIRST + 18 + HORIZON]
    assert np.abs(centre_TH[FIRST + 17] - ahead_H).mean() < 0.3 * ahead_H.std()


def test_lines_are_those_of_least_squares(level_T: np.ndarray) -> None:
    start_T, slope_T = lines(level_T)
    for bar in (1, 5, 219):
        slope, start = np.polyfit(np.arange(1, bar + 2), level_T[: bar + 1], 1)
        np.testing.assert_allclose([start_T[bar], slope_T[bar]], [start, slope], atol=1e-9)


def test_a_long_history_is_fitted_on_its_end(
    level_T: np.ndarray,
    make: Callable[..., Sequence],
    levels: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(AutoTheta, "longest_fit", 100)
    fitted = models.AutoTheta(season_length=1).fit(level_T[50:FIRST])
    centre_TH, _ = AutoTheta(HORIZON, levels)._path(make(level_T, log=True), FIRST)
    assert np.isfinite(centre_TH).all()
    wanted_TH = theta_centres(fitted.model_, level_T, HORIZON)
    np.testing.assert_allclose(centre_TH[FIRST:], wanted_TH[FIRST:], rtol=1e-6)
