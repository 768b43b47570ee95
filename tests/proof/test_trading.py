"""Figures of an equity curve, several series together, and the comparison with holding."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest

from foretell.errors import UsageError
from foretell.proof import TYPICAL_COSTS, Costs, Curve, Kelly, Market, Threshold, trade

DAY = 86_400
START = 1_704_067_200  # 2024-01-01


@dataclass(frozen=True)
class Always:
    """Hold the same share, whatever is forecast."""

    share: float
    name: str = "always"

    def target(self, market: Market, costs: Costs) -> np.ndarray:
        return np.full(len(market.time_T), self.share)


def simulated(
    name: str = "SIM", count: int = 400, seed: int = 0, start: int = 0, skill: float = 0.0
) -> Market:
    """Bars of a random walk; the forecast knows a part of the next open-to-close move."""
    rng = np.random.default_rng(seed)
    moves, gaps = rng.normal(0.0, 0.02, count), rng.normal(0.0, 0.002, count)
    closed = 100.0 * np.exp((moves + gaps).cumsum())
    opened = closed * np.exp(-moves)
    levels = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    centre = np.log(closed) + skill * np.append(moves[1:], 0.0)
    q = centre[:, None] + 0.02 * np.array([-1.28, -0.52, 0.0, 0.52, 1.28])
    return Market(name, START + DAY * (start + np.arange(count)), opened, closed, q, levels)


def curve(*equity: float) -> Curve:
    return Curve(START + DAY * np.arange(len(equity)), np.array(equity))


# -- figures -----------------------------------------------------------------------------------


def test_drawdown_is_from_the_peak_before() -> None:
    assert curve(1.0, 2.0, 1.5, 3.0, 1.2, 2.9).max_drawdown == pytest.approx(0.6)
    assert curve(1.0, 1.1, 1.2).max_drawdown == 0.0


def test_sharpe_ratio_is_that_of_a_bar_times_the_root_of_bars_a_year() -> None:
    returns = np.random.default_rng(0).normal(0.001, 0.02, 730)
    every_day = curve(1.0, *(1.0 + returns).cumprod())
    assert every_day.bars_per_year == pytest.approx(365.25)
    expected = returns.mean() / returns.std(ddof=1) * np.sqrt(365.25)
    assert every_day.sharpe == pytest.approx(expected)


def test_days_off_count_by_themselves() -> None:
    days = np.arange(3 * 365)
    weekdays = days[(days % 7) < 5]
    office = Curve(START + DAY * weekdays, np.linspace(1.0, 2.0, len(weekdays)))
    assert office.bars_per_year == pytest.approx(365.25 * 5 / 7, rel=0.005)


def test_nothing_is_earned_after_everything_is_lost() -> None:
    assert curve(1.0, 0.0, 0.0).return_T.tolist() == [-1.0, 0.0]


# -- trading -----------------------------------------------------------------------------------


def test_always_long_is_buy_and_hold() -> None:
    result = trade([simulated()], Always(1.0))
    np.testing.assert_allclose(result.strategy.equity_T, result.hold.equity_T, rtol=1e-12)
    assert result.orders == 1
    assert result.exposure == pytest.approx(399 / 400)


def test_holding_is_bought_at_the_first_open_that_the_rule_could_buy_at() -> None:
    market = simulated()
    result = trade([market], Always(0.0))
    bought = 1.0 / (1.0 + TYPICAL_COSTS.rate)
    gain = market.close_T[-1] / market.open_T[1]
    assert result.hold.total_return == pytest.approx(bought * gain - 1.0)
    assert result.strategy.total_return == 0.0
    assert result.strategy.sharpe == 0.0


def test_turnover_counts_both_ways_a_year() -> None:
    market = simulated(count=366)

    @dataclass(frozen=True)
    class InAndOut(Always):
        def target(self, market: Market, costs: Costs) -> np.ndarray:
            return np.arange(len(market.time_T)) % 2 * 1.0

    result = trade([market], InAndOut(0.0), Costs(0.0, 0.0))
    assert result.orders == 364
    assert result.turnover == pytest.approx(364 * 365.25 / 365)


@pytest.mark.parametrize("rule", [Threshold(short=True), Kelly(short=True)], ids=lambda r: r.name)
def test_true_foresight_pays_and_none_does_not(rule: Threshold | Kelly) -> None:
    knowing = trade([simulated(skill=0.5)], rule)
    assert knowing.strategy.sharpe > 5.0
    assert knowing.strategy.total_return > 5.0 * max(knowing.hold.total_return, 0.1)
    guess = [trade([simulated(seed=seed, skill=0.0)], rule).strategy.sharpe for seed in range(8)]
    assert abs(np.mean(guess)) < 1.0


def test_costs_are_paid() -> None:
    cheap, dear = (
        trade([simulated(skill=0.2)], Threshold(), costs) for costs in (Costs(0, 0), Costs(40, 20))
    )
    assert cheap.strategy.total_return > dear.strategy.total_return


def test_capital_is_split_and_the_parts_are_kept_apart() -> None:
    one, two = simulated("ONE", 300), simulated("TWO", 200, seed=1, start=100)
    alone = [trade([each], Kelly(short=True)).strategy for each in (one, two)]
    both = trade([one, two], Kelly(short=True))
    assert len(both.strategy.time_T) == 300
    np.testing.assert_allclose(
        both.strategy.equity_T[100:], (alone[0].equity_T[100:] + alone[1].equity_T) / 2.0
    )
    np.testing.assert_allclose(both.strategy.equity_T[:100], (alone[0].equity_T[:100] + 1.0) / 2.0)


def test_a_series_that_ends_early_rests() -> None:
    one, two = simulated("ONE", 300), simulated("TWO", 200, seed=1)
    both = trade([one, two], Always(1.0))
    assert both.strategy.equity_T[-1] - both.strategy.equity_T[-2] == pytest.approx(
        (trade([one], Always(1.0)).strategy.equity_T[-1]
         - trade([one], Always(1.0)).strategy.equity_T[-2]) / 2.0
    )  # fmt: skip


def test_changing_later_bars_leaves_the_curve_before_them() -> None:
    market, other = simulated(skill=0.3), simulated(seed=5, skill=0.3)
    whole = trade([market], Kelly(short=True)).strategy.equity_T
    for cut in (5, 100, 399):
        mixed = replace(market, **{
            name: np.concatenate([getattr(market, name)[:cut], getattr(other, name)[cut:]])
            for name in ("open_T", "close_T", "q_TK")
        })  # fmt: skip
        kept = trade([mixed], Kelly(short=True)).strategy.equity_T
        assert kept[:cut].tobytes() == whole[:cut].tobytes()
        assert kept[cut] != whole[cut]


def test_where_orders_were_filled_is_said() -> None:
    market = simulated()
    assert trade([market], Always(1.0)).fills == "open of the next bar"
    closes = replace(market, open_T=market.close_T)
    assert trade([closes], Always(1.0)).fills == "close of the next bar"


def test_result_is_said_and_fits_json() -> None:
    result = trade([simulated()], Kelly())
    told = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert told["sentence"].startswith("From 2024-01-01 to 2025-02-03, 0.5 Kelly up to 100% made ")
    assert told["strategy"]["sharpe"] == result.strategy.sharpe
    assert told["hold"].keys() == {"total_return", "sharpe", "max_drawdown"}


def test_nothing_to_trade_is_refused() -> None:
    with pytest.raises(UsageError, match="no series to trade"):
        trade([], Kelly())
