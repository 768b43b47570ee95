"""Orders, costs and drift of one account: by hand, and who may know what when."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from foretell.proof import Account, Costs, settle

FREE = Costs(0.0, 0.0)
BARS = 200
Settle = Callable[..., Account]


def prices(seed: int = 0, count: int = BARS) -> tuple[np.ndarray, np.ndarray]:
    """Opens that gap away from the close before, and closes."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0.0, 0.02, (count, 2)).cumsum().reshape(count, 2)
    return 100.0 * np.exp(steps[:, 0]), 100.0 * np.exp(steps[:, 1])


def targets(seed: int = 1, count: int = BARS) -> np.ndarray:
    return np.random.default_rng(seed).choice([-0.5, 0.0, 0.3, 1.0, np.nan], count)


# -- by hand -----------------------------------------------------------------------------------


def test_order_is_filled_at_the_next_open_and_drifts() -> None:
    opened, closed = np.array([90.0, 110.0, 130.0]), np.array([100.0, 121.0, 143.0])
    ran = settle(np.array([0.5, np.nan, np.nan]), opened, closed, FREE)
    # half of 1 buys 0.5 / 110 units at the open of bar 1; the gap from 100 to 110 is missed
    units = 0.5 / 110.0
    np.testing.assert_allclose(ran.equity_T, [1.0, 0.5 + units * 121.0, 0.5 + units * 143.0])
    np.testing.assert_allclose(ran.traded_T, [0.0, 0.5, 0.0])
    np.testing.assert_allclose(ran.held_T[1:], units * closed[1:] / ran.equity_T[1:])


def test_round_trip_costs_twice_the_rate() -> None:
    flat = np.full(4, 50.0)
    ran = settle(np.array([1.0, 0.0, 0.0, 0.0]), flat, flat, Costs(20.0, 5.0))
    rate = 0.0025
    bought = 1.0 / (1.0 + rate)  # all that 1 buys when the cost is paid out of it
    sold = bought * (1.0 - rate)
    np.testing.assert_allclose(ran.equity_T, [1.0, bought, sold, sold])


@pytest.mark.parametrize("target", [-1.0, -0.4, 0.25, 1.0])
@pytest.mark.parametrize("then", [-0.7, 0.5, 1.0])
def test_target_holds_after_the_order_has_been_paid(target: float, then: float) -> None:
    _, closed = prices(3, 4)
    ran = settle(np.array([target, then, then, then]), closed, closed, Costs(30.0, 20.0), band=0.0)
    np.testing.assert_allclose(ran.held_T[1:3], [target, then], rtol=1e-12)


def test_long_equals_units_times_price() -> None:
    opened, closed = prices()
    ran = settle(np.ones(BARS), opened, closed, FREE, band=0.0)
    np.testing.assert_allclose(ran.equity_T[1:], closed[1:] / opened[1], rtol=1e-10)
    assert (ran.traded_T > 0.0).sum() == 1


def test_small_drift_is_left_alone_and_large_drift_is_not() -> None:
    price = np.array([100.0, 100.0, 104.0, 150.0, 150.0])
    ran = settle(np.full(5, 0.5), price, price, FREE, band=0.05)
    assert (ran.traded_T > 0.0).tolist() == [False, True, False, True, False]
    assert ran.held_T[3] == pytest.approx(0.5)


def test_nothing_is_held_exactly_when_nothing_is_wanted() -> None:
    price = np.array([100.0, 100.0, 103.0, 103.0])
    ran = settle(np.array([0.02, 0.0, 0.0, 0.0]), price, price, FREE, band=0.01)
    assert ran.held_T[2:].tolist() == [0.0, 0.0]


def test_a_short_that_loses_everything_stays_at_nothing() -> None:
    price = np.array([100.0, 100.0, 210.0, 50.0, 50.0])
    ran = settle(np.full(5, -1.0), price, price, FREE)
    assert ran.equity_T.tolist() == [1.0, 1.0, 0.0, 0.0, 0.0]
    assert ran.traded_T[3:].tolist() == [0.0, 0.0]


def test_equity_equals_a_plain_ledger_of_cash_and_units() -> None:
    """The same by units and cash, with the order found by bisection."""
    opened, closed = prices(7)
    wanted = targets(8)
    rate, band, cash, units = 0.0015, 0.05, 1.0, 0.0
    equity = [1.0]
    for bar in range(1, BARS):
        target, price = wanted[bar - 1], opened[bar]
        worth = cash + units * price
        held = units * price / worth
        if np.isfinite(target) and (abs(target - held) > band or (target == 0.0 and held)):
            low, high = -3.0 * worth, 3.0 * worth
            for _ in range(200):
                order = (low + high) / 2.0
                share = (units * price + order) / (worth - rate * abs(order))
                low, high = (order, high) if share < target else (low, order)
            units, cash = units + order / price, cash - order - rate * abs(order)
            units = 0.0 if target == 0.0 else units
        equity.append(cash + units * closed[bar])
    ran = settle(wanted, opened, closed, Costs(10.0, 5.0), band)
    np.testing.assert_allclose(ran.equity_T, equity, rtol=1e-9)


# -- who may know what when --------------------------------------------------------------------


def too_early(run: Settle) -> list[str]:
    """Bars at which an account reacts to what it could not have known, or earned."""
    found = []
    opened, closed = prices()
    wanted = targets()
    base = run(wanted, opened, closed)
    rng = np.random.default_rng(9)
    for bar in rng.choice(np.arange(2, BARS - 2), 50, replace=False).tolist():
        later = slice(bar + 1, None)
        changed = [array.copy() for array in (wanted, opened, closed)]
        for array in changed:
            array[later] = array[later][::-1] * 3.0
        kept = run(*changed).equity_T[: bar + 1]
        if kept.tobytes() != base.equity_T[: bar + 1].tobytes():
            found.append(f"equity at {bar} knows bars after it")
        other = wanted.copy()
        other[bar:] = 0.5 - other[bar:]
        if run(other, opened, closed).equity_T[bar] != base.equity_T[bar]:
            found.append(f"equity at {bar} knows the forecast made at its close")
        gap_o, gap_c = opened.copy(), closed.copy()
        gap_o[bar + 1 :] *= 2.0
        gap_c[bar + 1 :] *= 2.0  # a gap between this close and the next open, and no other change
        first = np.full(BARS, np.nan)
        first[bar] = 1.0
        with_gap, without = (run(first, *pair) for pair in ((gap_o, gap_c), (opened, closed)))
        if not np.allclose(with_gap.equity_T, without.equity_T, rtol=1e-12):
            found.append(f"the gap after {bar} is earned by the forecast made before it")
    return found


def settled(wanted: np.ndarray, opened: np.ndarray, closed: np.ndarray) -> Account:
    return settle(wanted, opened, closed)


def at_the_same_close(wanted: np.ndarray, opened: np.ndarray, closed: np.ndarray) -> Account:
    return settle(wanted, np.append(opened[0], closed[:-1]), closed)


def at_the_open_before(wanted: np.ndarray, opened: np.ndarray, closed: np.ndarray) -> Account:
    return settle(np.append(wanted[1:], np.nan), opened, closed)


def a_bar_late_in_price(wanted: np.ndarray, opened: np.ndarray, closed: np.ndarray) -> Account:
    return settle(wanted, opened, np.append(closed[1:], closed[-1]))


def test_nothing_is_known_too_early() -> None:
    assert too_early(settled) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (at_the_same_close, "the gap after"),
        (at_the_open_before, "knows the forecast"),
        (a_bar_late_in_price, "knows bars after"),
    ],
)
def test_planted_look_ahead_is_caught(fault: Settle, said: str) -> None:
    assert any(said in each for each in too_early(fault))


@pytest.mark.parametrize(("run", "honest"), [(settled, True), (at_the_open_before, False)])
def test_knowing_the_direction_of_a_bar_at_its_close_earns_nothing(
    run: Settle, honest: bool
) -> None:
    """On a random walk, whoever buys bars that have just risen must not profit from them."""
    opened, closed = prices(11, 4_000)
    risen = np.where(closed > opened, 1.0, 0.0)
    gain = np.diff(np.log(run(risen, opened, closed).equity_T))
    t = gain.mean() / gain.std() * np.sqrt(len(gain))
    assert (abs(t) < 3.5) == honest
