"""The test of equal accuracy: against plain references, and its size and power in simulation."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student_t
from scipy.stats import ttest_rel
from statsmodels.stats.multitest import multipletests
from statsmodels.tsa.stattools import diebold_mariano_test

from foretell.proof import DieboldMariano, diebold_mariano, harvey_leybourne_newbold, holm
from foretell.proof.significance import FEWEST_ORIGINS

Test = Callable[[np.ndarray, np.ndarray, int], DieboldMariano]

HORIZON = 14
RUNS, ORIGINS = 300, 500


def plain(loss: np.ndarray, rival: np.ndarray, horizon: int) -> tuple[float, float, int]:
    """Equal-weighted cosine estimate, written out (Lazarus et al. 2018, eqs. 3 and 10).

    Times the correction of Harvey, Leybourne and Newbold (1997, eq. 9).
    """
    difference = [float(b - a) for a, b in zip(loss, rival, strict=True)]
    count = len(difference)
    degrees = int(max(3, min(0.4 * count ** (2 / 3), count / (2 * horizon))))
    mean = math.fsum(difference) / count
    power = []
    for j in range(1, degrees + 1):
        waves = (
            (difference[t - 1] - mean) * math.cos(math.pi * j * (t - 0.5) / count)
            for t in range(1, count + 1)
        )
        power.append((math.sqrt(2 / count) * math.fsum(waves)) ** 2)
    variance = math.fsum(power) / degrees
    correction = (count + 1 - 2 * horizon + horizon * (horizon - 1) / count) / count
    statistic = math.sqrt(correction) * mean / math.sqrt(variance / count)
    return statistic, float(student_t.sf(statistic, degrees)), degrees


def overlapping(seed: int, gain: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Losses of two forecasters whose difference is a sum of 14 shocks, MA(13), plus a gain."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(size=ORIGINS + HORIZON - 1)
    difference = np.convolve(shocks, np.ones(HORIZON), mode="valid") + gain
    loss = rng.exponential(10.0, ORIGINS)
    return loss, loss + difference


@pytest.mark.parametrize("horizon", [1, 3, 14, 29])
@pytest.mark.parametrize("count", [30, 31, 250, 1_000])
def test_result_equals_a_plain_reference(count: int, horizon: int) -> None:
    rng = np.random.default_rng(count + horizon)
    loss, rival = rng.exponential(size=(2, count))
    statistic, p_value, degrees = plain(loss, rival, horizon)
    result = diebold_mariano(loss, rival, horizon)
    assert result.degrees == degrees
    assert result.statistic == pytest.approx(statistic, rel=1e-9)
    assert result.p_value == pytest.approx(p_value, rel=1e-8)


def test_a_loss_that_is_always_lower_is_found_beyond_doubt() -> None:
    noise = np.random.default_rng(0).normal(size=400)
    result = diebold_mariano(np.zeros(400), 5.0 + noise, 1)
    assert result.statistic > 20.0
    assert result.p_value < 1e-12


@pytest.mark.parametrize("count", [0, 1, FEWEST_ORIGINS - 1])
def test_too_few_origins_say_nothing(count: int) -> None:
    result = diebold_mariano(np.zeros(count), np.arange(1.0, count + 1.0), 3)
    assert result == DieboldMariano(0.0, 0.5, 0)


@pytest.mark.parametrize("test", [diebold_mariano, harvey_leybourne_newbold])
def test_no_more_origins_than_bars_ahead_say_nothing(test: Test) -> None:
    rival = np.random.default_rng(3).exponential(size=60)
    assert test(np.zeros(60), rival, 60) == DieboldMariano(0.0, 0.5, 0)
    assert test(np.zeros(60), rival, 59).degrees > 0


def test_thirty_origins_are_enough_to_say_something() -> None:
    rival = np.random.default_rng(1).exponential(size=FEWEST_ORIGINS)
    assert diebold_mariano(np.zeros(FEWEST_ORIGINS), rival, 3).p_value < 0.05


def test_identical_losses_say_nothing() -> None:
    loss = np.random.default_rng(2).exponential(size=200)
    result = diebold_mariano(loss, loss.copy(), 3)
    assert (result.statistic, result.p_value) == (0.0, 0.5)


@pytest.mark.parametrize("seed", range(6))
def test_swapping_the_two_swaps_the_tails(seed: int) -> None:
    loss, rival = overlapping(seed, gain=1.0)
    one, other = (diebold_mariano(*pair, HORIZON) for pair in ((loss, rival), (rival, loss)))
    assert one.statistic == pytest.approx(-other.statistic, rel=1e-12)
    assert one.p_value == pytest.approx(1.0 - other.p_value, abs=1e-9)
    assert one.p_value != pytest.approx(0.5, abs=1e-3)


def test_units_of_the_loss_do_not_matter() -> None:
    loss, rival = overlapping(0, gain=1.0)
    small, large = (
        diebold_mariano(loss * unit, rival * unit, HORIZON).p_value for unit in (1e-6, 1e6)
    )
    assert small == pytest.approx(large, rel=1e-9)


@pytest.mark.parametrize("test", [diebold_mariano, harvey_leybourne_newbold])
def test_size_is_kept_where_forecasts_overlap(test: Test) -> None:
    """300 runs at 5% have a standard error of 1.3 points; benchmarks/dm_size.py has 2,000."""
    found = [test(*overlapping(seed), HORIZON).p_value < 0.05 for seed in range(RUNS)]
    assert 0.02 <= np.mean(found) <= 0.09


@pytest.mark.parametrize(
    ("test", "kept"), [(diebold_mariano, True), (harvey_leybourne_newbold, False)]
)
def test_only_one_keeps_its_size_beyond_the_overlap(test: Test, kept: bool) -> None:
    """Differences of one-bar losses that last: what the paper's variance does not look at."""
    found = []
    for seed in range(RUNS):
        shocks = np.random.default_rng(seed).normal(size=ORIGINS + 100)
        difference = np.convolve(shocks, 0.5 ** np.arange(30))[100 : ORIGINS + 100]
        found.append(test(np.zeros(ORIGINS), difference, 1).p_value < 0.05)
    assert bool(np.mean(found) <= 0.09) is kept


def test_the_simulation_would_notice_a_test_that_ignores_overlap() -> None:
    """The band above can fail: an ordinary t test finds a difference far too often."""
    ordinary = [ttest_rel(*overlapping(seed)[::-1], alternative="greater") for seed in range(RUNS)]
    assert np.mean([test.pvalue < 0.05 for test in ordinary]) > 0.2


def test_a_planted_difference_is_found() -> None:
    spread = math.sqrt(HORIZON)  # long-run standard deviation is 14, of the mean 14 / sqrt(500)
    gain = 4.0 * HORIZON / math.sqrt(ORIGINS)
    assert gain < spread  # small beside the noise of a single origin
    found = [
        diebold_mariano(*overlapping(seed, gain), HORIZON).p_value < 0.05 for seed in range(100)
    ]
    assert np.mean(found) > 0.9


# -- Harvey, Leybourne and Newbold against published figures and other software --------------------

# Users of an Internet server by the minute: `WWWusage` in R (Durbin and Koopman, Time Series
# Analysis by State Space Methods, 2001).
USERS = np.array(
    [
        88, 84, 85, 85, 84, 85, 83, 85, 88, 89, 91, 99, 104, 112, 126, 138, 146, 151, 150, 148,
        147, 149, 143, 132, 131, 139, 147, 150, 148, 145, 140, 134, 131, 131, 129, 126, 126, 132,
        137, 140, 142, 150, 159, 167, 170, 171, 172, 172, 174, 175, 172, 172, 174, 174, 169, 165,
        156, 142, 131, 121, 112, 104, 102, 99, 99, 95, 88, 84, 84, 87, 89, 88, 85, 86, 89, 91, 91,
        94, 101, 110, 121, 135, 145, 149, 156, 165, 171, 175, 177, 182, 193, 204, 208, 210, 215,
        222, 228, 226, 222, 220,
    ],
    dtype=float,
)  # fmt: skip


def smoothing_errors(level: float, slope: float) -> np.ndarray:
    """One-step errors of ETS(A,Ad,N) with the parameters that R prints for `ets(WWWusage)`."""
    alpha, beta, phi = 0.9999, 0.9999, 0.8028
    errors = []
    for value in USERS:
        error = value - (level + phi * slope)
        level, slope = level + phi * slope + alpha * error, phi * slope + beta * error
        errors.append(error)
    return np.array(errors)


def arima_errors(ar: float = 0.6504, ma: float = 0.5256) -> np.ndarray:
    """Standardised one-step errors of ARIMA(1,1,1), as R prints it for `auto.arima(WWWusage)`.

    R's first error is the first value over the square root of a diffuse variance, 10^6.
    """
    ratio, expected = (1 + 2 * ar * ma + ma**2) / (1 - ar**2), 0.0
    errors = [USERS[0] / 1e3]
    for value in np.diff(USERS):
        error = value - expected
        errors.append(error / math.sqrt(ratio))
        expected, ratio = ar * value + ma * error / ratio, 1 + ma**2 - ma**2 / ratio
    return np.array(errors)


def test_worked_example_of_the_r_package_forecast() -> None:
    """`dm.test(residuals(ets(WWWusage)), residuals(auto.arima(WWWusage)))` from its manual.

    The figures are those that R prints with the parameters above. Other releases of the package
    stop at other parameters of ETS, and print DM = 1.9078 and p = 0.05932.
    """
    smoothing, arima = smoothing_errors(84.6792, 1.7806), arima_errors()
    assert math.sqrt((smoothing**2).mean()) == pytest.approx(3.461057, abs=2e-6)
    assert math.sqrt((arima**2).mean()) == pytest.approx(3.113754, abs=5e-6)
    result = harvey_leybourne_newbold(arima**2, smoothing**2, 1)
    assert result.statistic == pytest.approx(2.1293, abs=5e-5)
    assert result.two_sided == pytest.approx(0.03571, abs=5e-6)
    assert result.p_value == pytest.approx(0.01785, abs=1e-5)
    swapped = harvey_leybourne_newbold(smoothing**2, arima**2, 1)
    assert swapped.p_value == pytest.approx(0.9821, abs=5e-5)


def test_worked_example_three_steps_ahead() -> None:
    """From the tests of the Python package dieboldmariano 1.1, absolute errors, h = 3."""
    one = [
        0.3675225224615024, 0.5450608127223211, 0.22044990720021074, 0.8688743471040006,
        0.6072512228948467, 0.8582283746501538, 0.41662295816718187, 0.3812100211114714,
        0.7185133356116706, 0.30827323290318875, 0.4297093624074402, 0.8615974488577858,
        0.7240514514808826, 0.3450839595261038, 0.19675301374013598,
    ]  # fmt: skip
    other = [
        0.12794132529988733, 0.3679643204341153, 0.768715420996091, 0.09972248964114683,
        0.27197653636654284, 0.28797629010039505, 0.9160213458582482, 0.6112628048698798,
        0.5452873235576241, 0.06785907231746158, 0.6072666485541124, 0.6241575753989782,
        0.39998026828867217, 0.19895665605941748, 0.8094941215215619,
    ]  # fmt: skip
    result = harvey_leybourne_newbold(np.array(other), np.array(one), 3)
    assert result.statistic == pytest.approx(1.2109, abs=5e-5)
    assert 1.0 - result.p_value == pytest.approx(0.877, abs=5e-4)


def test_a_variance_below_zero_gives_way_to_bartlett_weights() -> None:
    """Differences that swing back and forth; statsmodels knows Bartlett's weights alone."""
    swing = np.tile([1.0, -1.0], 20) + np.random.default_rng(0).normal(0.05, 0.1, 40)
    centred = swing - swing.mean()
    rectangular = sum(centred**2) + 2.0 * sum(centred[1:] * centred[:-1])
    assert rectangular < 0.0
    result = harvey_leybourne_newbold(np.zeros(40), swing, 2)
    known = diebold_mariano_test(
        np.zeros(40),
        swing,
        np.zeros(40),
        lags=1,
        criterion=lambda _, f: f,
        harvey_adj=True,
        horizon=2,
    )
    assert result.statistic == pytest.approx(known.statistic, rel=1e-9)
    assert result.two_sided == pytest.approx(known.pvalue, rel=1e-7)


def test_one_step_ahead_equals_statsmodels() -> None:
    loss, rival = np.random.default_rng(5).exponential(size=(2, 90))
    result = harvey_leybourne_newbold(loss, rival, 1)
    known = diebold_mariano_test(
        np.zeros(90), rival, loss, lags=0, criterion=lambda _, f: f, harvey_adj=True, horizon=1
    )
    assert result.statistic == pytest.approx(known.statistic, rel=1e-9)
    assert result.two_sided == pytest.approx(known.pvalue, rel=1e-7)


# -- Holm ------------------------------------------------------------------------------------------


def test_holm_by_hand() -> None:
    """Four comparisons: 4 times the least, 3 times the next, and never less than one before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_of_one_and_of_none() -> None:
    assert holm([0.03]) == [0.03]
    assert holm([]) == []


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_holm_equals_statsmodels(p: list[float]) -> None:
    with patch.object(gc, "collect"):  # which it calls each time: most of this test's time
        known = multipletests(p, method="holm")[1]
    np.testing.assert_allclose(holm(p), known, atol=1e-12)
