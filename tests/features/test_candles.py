"""Candles by hand, halted markets, closes alone, and the state."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt

import numpy as np
import polars as pl
import pytest

from foretell.features.candles import Candles
from foretell.features.reader import Reading
from foretell.series import Bar, Frequency, sequences

DAY = 86_400
START = 1_704_067_200
FLOOR = 1e-5


def reader(*, volume: bool = False) -> Candles:
    return Candles(Frequency(DAY), volume=volume)


def bar(*logs: float) -> Bar:
    """A candle whose logarithms are given."""
    return tuple(exp(each) for each in logs)


def inputs(candles: Candles, reading: Reading) -> dict[str, float]:
    return dict(zip(candles.input_names, reading.inputs, strict=True))


def volatilities(reading: Reading) -> dict[str, float]:
    return {
        name: exp(value)
        for name, value in zip(Candles.volatility_names, reading.volatility, strict=True)
    }


def second_of_two(candle: Bar) -> tuple[dict[str, float], dict[str, float]]:
    """Inputs and volatilities after a first bar without any movement and then `candle`."""
    candles = reader()
    candles.step(START, bar(0.0, 0.0, 0.0, 0.0))
    reading = candles.step(START + DAY, candle)
    return inputs(candles, reading), volatilities(reading)


def test_worked_candle_has_the_volatility_of_garman_and_klass() -> None:
    # Logs: close before 0, open .01, high .05, low -.03, close .02. Gap .01, range .08, body .01:
    # .01^2 + .5 * .08^2 - .3862943611 * .01^2 = .00326137056; its root is .0571084105.
    _, volatility = second_of_two(bar(0.01, 0.05, -0.03, 0.02))
    assert 2.0 * volatility["range_fast"] == pytest.approx(0.0571084105, rel=1e-8)
    assert 2.0 * volatility["range_slow"] == pytest.approx(0.0571084105, rel=1e-8)
    assert volatility["ewma"] == pytest.approx(sqrt(0.02**2 / 2.0), rel=1e-12)


def test_true_range_of_the_worked_candle_is_its_range() -> None:
    seen, _ = second_of_two(bar(0.01, 0.05, -0.03, 0.02))
    assert seen["true_range"] == pytest.approx(log(0.08 / sqrt(0.02**2 / 2.0)), rel=1e-9)


def test_true_range_reaches_back_to_the_close_before() -> None:
    seen, _ = second_of_two(bar(0.06, 0.07, 0.055, 0.06))
    assert seen["true_range"] == pytest.approx(log(0.07 / sqrt(0.06**2 / 2.0)), rel=1e-9)


def test_three_memories_forget_at_their_own_pace() -> None:
    candles = reader()
    for day in range(400):
        candles.step(START + day * DAY, bar(0.0, 0.01, -0.01, 0.0))
    after = volatilities(candles.step(START + 400 * DAY, bar(0.0, 0.10, -0.10, 0.0)))
    calm, wild = sqrt(0.5) * 0.02, sqrt(0.5) * 0.20
    for name, decay in (("range_fast", 0.8), ("range_medium", 0.96), ("range_slow", 0.994)):
        assert after[name] == pytest.approx(calm + (1.0 - decay) * (wild - calm), rel=1e-9)


def test_return_is_divided_by_the_volatility_before_it() -> None:
    candles = reader()
    closes = [0.0, 0.01, -0.01, 0.02]
    readings = [
        candles.step(START + day * DAY, bar(*[close] * 4)) for day, close in enumerate(closes)
    ]
    sigma_before = sqrt((0.0**2 + 0.01**2 + 0.02**2) / 3.0)
    last = inputs(candles, readings[-1])
    assert last["return"] == pytest.approx(0.03 / sigma_before, rel=1e-9)
    assert last["abs_return"] == last["return"]
    assert inputs(candles, readings[2])["return"] < 0.0 < inputs(candles, readings[2])["abs_return"]


def test_crash_is_clipped() -> None:
    candles = reader()
    for day in range(30):
        candles.step(START + day * DAY, bar(*[0.01 * (day % 2)] * 4))
    crash = inputs(candles, candles.step(START + 30 * DAY, bar(*[-3.0] * 4)))
    assert (crash["return"], crash["abs_return"]) == (-8.0, 8.0)


def test_level_is_the_log_of_the_close_and_nothing_draws_it() -> None:
    reading = reader().step(START, (4.0, 5.0, 3.0, 4.5))
    assert (reading.level, reading.path, reading.term) == (log(4.5), [], [])


def test_gap_counts_missing_bars() -> None:
    candles = reader()
    candles.step(START, bar(0.0, 0.0, 0.0, 0.0))
    after = inputs(candles, candles.step(START + 5 * DAY, bar(0.0, 0.0, 0.0, 0.0)))
    assert after["gap"] == pytest.approx(log(5.0))
    nothing = inputs(candles, candles.step(START + 6 * DAY, bar(0.0, 0.0, 0.0, 0.0)))
    assert nothing["gap"] == 0.0


def test_volume_is_read_relative_to_its_average() -> None:
    candles = reader(volume=True)
    candles.step(START, (1.0, 1.0, 1.0, 1.0, 30.0))
    second = inputs(candles, candles.step(START + DAY, (1.0, 1.0, 1.0, 1.0, 10.0)))
    assert second["volume"] == pytest.approx(log(1.0 + 10.0 / 20.0))
    assert "volume" not in reader().input_names


def test_market_without_volume_has_finite_readings() -> None:
    candles = reader(volume=True)
    for day in range(3):
        reading = candles.step(START + day * DAY, (1.0, 1.0, 1.0, 1.0, 0.0))
        assert inputs(candles, reading)["volume"] == 0.0


def test_closes_alone_have_the_absolute_return_as_volatility(candles: pl.DataFrame) -> None:
    (rows,) = sequences(candles.select("series", "time", "close").head(20))
    read = reader()
    moves = np.abs(np.diff(np.log(rows.target_T), prepend=np.log(rows.target_T[0])))
    for count, (time, each) in enumerate(rows.bars(), start=1):
        slow = volatilities(read.step(time, each))["range_slow"]
        assert slow == pytest.approx(max(moves[:count].mean(), FLOOR), rel=1e-9)


def test_stablecoin_has_finite_readings() -> None:
    candles = reader(volume=True)
    for day in range(50):
        reading = candles.step(START + day * DAY, (1.0, 1.0, 1.0, 1.0, 7.0))
        assert np.isfinite([*reading.inputs, reading.level, *reading.volatility]).all()
        assert min(reading.volatility) >= log(FLOOR)


def test_first_move_of_a_stablecoin_is_clipped_not_infinite() -> None:
    candles = reader()
    for day in range(50):
        candles.step(START + day * DAY, (1.0, 1.0, 1.0, 1.0))
    broken = inputs(candles, candles.step(START + 50 * DAY, (1.0, 1.0, 0.7, 0.75)))
    assert broken["return"] == -8.0
    assert np.isfinite(list(broken.values())).all()


def test_history_may_start_in_1970() -> None:
    first, second = bar(0.0, 0.01, -0.01, 0.0), bar(0.02, 0.06, 0.01, 0.05)
    early, late = reader(), reader()
    early.step(0, first)
    late.step(4 * 7 * DAY, first)
    assert early.step(DAY, second) == late.step((4 * 7 + 1) * DAY, second)


def test_prices_in_another_unit_give_the_same_inputs(simulate: Callable[..., pl.DataFrame]) -> None:
    dollars = simulate(60)
    cents = dollars.with_columns(pl.col("open", "high", "low", "close") * 128.0)
    one, other = reader(volume=True), reader(volume=True)
    pairs = zip(sequences(dollars)[0].bars(), sequences(cents)[0].bars(), strict=True)
    for (time, each), (_, scaled) in pairs:
        expected = one.step(time, each).inputs
        assert other.step(time, scaled).inputs == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_restored_reader_goes_on_bit_for_bit(candles: pl.DataFrame) -> None:
    bars = list(sequences(candles)[0].bars())
    kept, fresh = reader(volume=True), reader(volume=True)
    for time, each in bars[:150]:
        kept.step(time, each)
    fresh.restore(kept.state())
    for time, each in bars[150:]:
        assert fresh.step(time, each) == kept.step(time, each)


def test_state_is_a_copy(candles: pl.DataFrame) -> None:
    bars = list(sequences(candles)[0].bars())
    read = reader(volume=True)
    read.step(*bars[0])
    state = read.state()
    before = list(state)
    read.step(*bars[1])
    assert state == before
