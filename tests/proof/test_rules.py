"""Threshold and Kelly: against the distribution itself, closed forms and another optimiser."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from foretell.errors import UsageError
from foretell.forecast import QuantileCurve
from foretell.proof import Costs, Kelly, Market, Rule, Threshold
from foretell.proof.rules import POINTS, _points

FREE = Costs(0.0, 0.0)
FINE = np.linspace(0.005, 0.995, 199)
DAY = 86_400


def normal_market(mean: list[float], spread: float, levels: np.ndarray) -> Market:
    """Bars at 100 whose log return is forecast as normal."""
    z = np.array([NormalDist().inv_cdf(level) for level in levels])
    price = np.full(len(mean), 100.0)
    q = np.log(100.0) + np.array(mean)[:, None] + spread * z
    return Market("SIM", DAY * np.arange(len(mean)), price, price, q, levels)


def random_market(levels: np.ndarray, count: int = 40, seed: int = 0) -> Market:
    rng = np.random.default_rng(seed)
    close = 100.0 * np.exp(rng.normal(0.0, 0.02, count).cumsum())
    q = np.sort(rng.normal(0.0, 0.03, (count, len(levels))), axis=1) + np.log(close)[:, None]
    return Market("SIM", DAY * np.arange(count), close, close, q, levels)


# -- threshold ---------------------------------------------------------------------------------


def test_threshold_is_on_a_gain_beyond_both_costs(levels: np.ndarray) -> None:
    costs = Costs(10.0, 5.0)  # in and out: 0.3%
    market = normal_market([0.0, 0.0025, 0.0035, 0.0, -0.0035], 0.01, levels)
    assert Threshold().target(market, costs).tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]
    assert Threshold(short=True).target(market, costs).tolist() == [0.0, 0.0, 1.0, 0.0, -1.0]
    assert Threshold().target(market, FREE).tolist()[1:3] == [1.0, 1.0]


def test_threshold_agrees_with_the_normal_distribution() -> None:
    market = normal_market(np.linspace(-0.02, 0.02, 41).tolist(), 0.02, FINE)
    rise = [1.0 - NormalDist(mean, 0.02).cdf(0.0) for mean in np.linspace(-0.02, 0.02, 41)]
    target = Threshold(0.6).target(market, FREE)
    clear = np.abs(np.array(rise) - 0.6) > 0.005
    assert (target == (np.array(rise) > 0.6))[clear].all()


# -- Kelly -------------------------------------------------------------------------------------


def test_points_are_those_of_the_quantile_curve(levels: np.ndarray) -> None:
    market = random_market(levels)
    points = _points(market.q_TK, levels)
    at = (np.arange(POINTS) + 0.5) / POINTS
    for row in range(len(points)):
        curve = QuantileCurve(levels, market.q_TK[row], log=False)
        np.testing.assert_allclose(points[row], [curve.quantile(p) for p in at], rtol=1e-12)


def test_small_returns_give_mean_over_variance() -> None:
    spread, mean = 0.01, [0.00002, 0.00004, -0.00003]
    target = Kelly(fraction=1.0, short=True).target(normal_market(mean, spread, FINE), FREE)
    gain = np.array(mean) + spread**2 / 2.0  # of the price, not of its log
    np.testing.assert_allclose(target, gain / spread**2, rtol=0.02)


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("fraction", [1.0, 0.5])
def test_share_is_the_one_that_another_optimiser_finds(
    levels: np.ndarray, short: bool, fraction: float
) -> None:
    market = random_market(levels)
    target = Kelly(fraction, 0.8, short=short).target(market, FREE)
    gains = np.expm1(_points(market.q_TK, levels) - np.log(market.close_T)[:, None])
    most = 0.8 / fraction
    for share, gain in zip(target / fraction, gains, strict=True):
        best = minimize_scalar(
            lambda f, gain=gain: -np.log1p(f * gain).mean(),
            bounds=(-most if short else 0.0, most), method="bounded", options={"xatol": 1e-10},
        )  # fmt: skip
        assert share == pytest.approx(best.x, abs=1e-5)


def test_the_sure_thing_is_capped_and_the_bad_one_left(levels: np.ndarray) -> None:
    market = normal_market([0.2, -0.2, 0.2], 0.001, levels)
    assert Kelly(cap=0.6).target(market, FREE) == pytest.approx([0.6, 0.0, 0.6])
    assert Kelly(cap=0.6).target(market, FREE)[1] == 0.0
    assert Kelly(cap=0.6, short=True).target(market, FREE) == pytest.approx([0.6, -0.6, 0.6])


def test_a_short_that_could_lose_everything_is_held_smaller(levels: np.ndarray) -> None:
    market = normal_market([-0.3, -0.3, -0.3], 1.5, levels)
    target = Kelly(fraction=1.0, short=True).target(market, FREE)
    gain = np.expm1(_points(market.q_TK, levels) - np.log(100.0))
    assert (1.0 + target[:, None] * gain > 0.0).all()


def test_growth_is_best_at_full_kelly_in_simulation() -> None:
    rng = np.random.default_rng(5)
    mean, spread = 0.0, 0.05
    (share, *_) = Kelly(fraction=1.0).target(normal_market([mean] * 3, spread, FINE), FREE)
    gain = np.expm1(rng.normal(mean, spread, 400_000))
    growth = [np.log1p(f * gain).mean() for f in (share - 0.3, share, share + 0.3)]
    assert 0.4 < share < 0.6
    assert growth[1] > max(growth[0], growth[2])


# -- both --------------------------------------------------------------------------------------

BOTH = [Threshold(0.55, short=True), Kelly(short=True)]


@pytest.mark.parametrize("rule", BOTH, ids=lambda rule: rule.name)
def test_rule_sees_only_its_own_row(rule: Rule, levels: np.ndarray) -> None:
    market = random_market(levels, 60)
    whole = rule.target(market, Costs())
    other = random_market(levels, 60, seed=1)
    for cut in (3, 17, 41, 59):
        mixed = replace(
            market,
            close_T=np.append(market.close_T[:cut], other.close_T[cut:]),
            q_TK=np.concatenate([market.q_TK[:cut], other.q_TK[cut:]]),
        )
        assert rule.target(mixed, Costs())[:cut].tobytes() == whole[:cut].tobytes()
        short = Market("SIM", *(
            getattr(market, each)[:cut] for each in ("time_T", "open_T", "close_T", "q_TK")
        ), levels)  # fmt: skip
        assert rule.target(short, Costs()).tobytes() == whole[:cut].tobytes()


@pytest.mark.parametrize("rule", BOTH, ids=lambda rule: rule.name)
def test_a_bar_without_a_forecast_gives_no_order(rule: Rule, levels: np.ndarray) -> None:
    market = random_market(levels, 5)
    market.q_TK[2] = np.nan
    assert np.isnan(rule.target(market, FREE)).tolist() == [False, False, True, False, False]


def test_names_tell_what_was_chosen() -> None:
    assert Threshold(0.55).name == "threshold 55%"
    assert Threshold(short=True).name == "threshold 50% long or short"
    assert Kelly().name == "0.5 Kelly up to 100%"
    assert Kelly(1.0, 0.3, short=True).name == "Kelly up to 30% long or short"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Threshold(1.0), "probability of 1.0"),
        (lambda: Kelly(fraction=0.0), "fraction of 0.0"),
        (lambda: Kelly(cap=3.0), "cap of 3.0"),
    ],
)
def test_what_cannot_be_meant_is_refused(make: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        make()  # type: ignore[operator]
