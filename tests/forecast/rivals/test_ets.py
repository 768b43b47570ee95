"""Exponential smoothing carried forward is what statsforecast says from every bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from foretell.forecast import level
from foretell.forecast.rivals import AutoETS
from foretell.forecast.rivals.ets import centres
from foretell.series import Frequency, Sequence

models = pytest.importorskip("statsforecast.models")
ets = pytest.importorskip("statsforecast.ets")
HORIZON, FIRST = 15, 150


def seasonal(*, product: bool) -> np.ndarray:
    """200 months that grow, with a season of a year."""
    rng = np.random.default_rng(4)
    month_T = np.arange(200)
    trend_T, season_T = 100.0 + month_T, np.sin(2.0 * np.pi * month_T / 12)
    if product:
        return trend_T * np.exp(0.3 * season_T + 0.02 * rng.normal(size=200))
    return trend_T - 150.0 + 20.0 * season_T + rng.normal(size=200)


@pytest.mark.parametrize("form", ["ANN", "AAN", "ANA", "AAA", "MNN", "MAN", "MNM", "MAM", "MAA"])
def test_centres_are_the_librarys(form: str) -> None:
    level_T = seasonal(product=True)
    fitted = models.AutoETS(season_length=12, model=form, damped=False).fit(level_T[:FIRST])
    centre_TH = carried_forward(fitted, level_T)
    assert len(centre_TH) == len(level_T)
    for bar in (FIRST - 1, FIRST, 180):
        wanted_H = fitted.forward(level_T[: bar + 1], h=HORIZON)["mean"]
        np.testing.assert_allclose(centre_TH[bar], wanted_H, rtol=1e-12)


@pytest.mark.parametrize("form", ["AAN", "AAA", "MAN", "MAM", "MAA"])
def test_a_damped_trend_goes_on_as_if_the_forecasts_came_true(form: str) -> None:
    """The library is right one step ahead only: https://github.com/Nixtla/statsforecast/pull/1219."""
    level_T = seasonal(product=True)
    fitted = models.AutoETS(season_length=12, model=form, damped=True).fit(level_T[:FIRST])
    ahead_H = carried_forward(fitted, level_T)[-1]
    for step in range(HORIZON):
        come_true_T = np.append(level_T, ahead_H[:step])
        one_ahead = fitted.forward(come_true_T, h=1)["mean"][0]
        np.testing.assert_allclose(ahead_H[step], one_ahead, rtol=1e-9)


def carried_forward(fitted: Any, level_T: np.ndarray) -> np.ndarray:
    forward = ets.ets_f(level_T, m=fitted.model_["m"], model=fitted.model_)
    return centres(forward, HORIZON)


@pytest.mark.parametrize("product", [True, False])
def test_the_rival_is_the_library_between_errors(
    product: bool, make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    level_T = seasonal(product=product)
    row = make(level_T, Frequency(30 * 86_400, months=1))
    fitted = models.AutoETS(season_length=12).fit(level_T[:FIRST])
    assert fitted.model_["components"][2] == ("M" if product else "A")
    centre_TH, scale_TH = AutoETS(HORIZON, levels)._path(row, FIRST)
    for bar in (FIRST - 1, 180):
        wanted_H = fitted.forward(level_T[: bar + 1], h=HORIZON)["mean"]
        np.testing.assert_allclose(centre_TH[bar], wanted_H, rtol=1e-12)
    relative = fitted.model_["components"][0] == "M"
    np.testing.assert_array_equal(scale_TH, centre_TH if relative else np.ones_like(centre_TH))


def test_logs_of_prices_may_cross_zero(make: Callable[..., Sequence], levels: np.ndarray) -> None:
    """Before the first origin they do not, and the library would take products."""
    level_T = np.exp(np.random.default_rng(0).normal(0.01, 0.1, 300).cumsum())
    level_T[FIRST:] -= np.linspace(0.0, 30.0, 300 - FIRST)
    assert models.AutoETS().fit(level_T[:FIRST]).model_["components"][0] == "M"
    row = make(level_T, log=True)
    rival = AutoETS(HORIZON, levels)
    fitted = models.AutoETS(season_length=1, model="AZZ").fit(level(row)[:FIRST])
    centre_TH, scale_TH = rival._path(row, FIRST)
    wanted_H = fitted.forward(level(row), h=HORIZON)["mean"]
    np.testing.assert_allclose(centre_TH[-1], wanted_H, rtol=1e-9)
    assert (scale_TH == 1.0).all()
    assert not rival.fallbacks
