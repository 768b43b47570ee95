"""The GARCH rival against arch and against a process whose quantiles are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from foretell.forecast.rivals import EwmaVolatility, FallbackWarning, GarchT, garch
from foretell.forecast.rivals.garch import Garch, NotFittedError, filtered_variance, fit_garch
from foretell.series import Sequence

arch = pytest.importorskip("arch")
# Typical of a coin's daily returns in per cent.
TRUTH = Garch(mu=0.05, omega=0.5, alpha=0.06, gamma=0.05, beta=0.86, nu=5.0, backcast=10.0)


@dataclass(frozen=True)
class Simulated:
    """Changes of the process, and the variance of each and of the one to come."""

    change_N: np.ndarray
    variance_N: np.ndarray


def run(variance: np.ndarray, z_NP: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Changes and variances of paths, by the definition."""
    changes, variances = [], [variance]
    for z_P in z_NP:
        shock_P = np.sqrt(variances[-1]) * z_P
        changes.append(TRUTH.mu + shock_P)
        reaction_P = TRUTH.alpha + TRUTH.gamma * (shock_P < 0)
        variances.append(TRUTH.omega + reaction_P * shock_P**2 + TRUTH.beta * variances[-1])
    return np.array(changes), np.array(variances)


def standardised(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return rng.standard_t(TRUTH.nu, shape) * np.sqrt((TRUTH.nu - 2) / TRUTH.nu)


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    z_N1 = standardised(np.random.default_rng(11), (6_000, 1))
    change_N1, variance_N1 = run(np.array([10.0]), z_N1)
    return Simulated(change_N1[:, 0], variance_N1[:, 0])


def test_filtered_variance_is_archs(simulated: Simulated) -> None:
    change_N = simulated.change_N[:1_500] / 4.0
    model = arch.arch_model(change_N, mean="Constant", p=1, o=1, q=1, dist="t", rescale=False)
    result = model.fit(disp="off")
    variance_N = filtered_variance(fit_garch(change_N), change_N)
    assert len(variance_N) == len(change_N) + 1
    np.testing.assert_allclose(variance_N[:-1], result.conditional_volatility**2, rtol=1e-9)
    one_ahead = result.forecast(horizon=1).variance.to_numpy()[-1, 0]
    assert variance_N[-1] == pytest.approx(one_ahead, rel=1e-9)


def test_parameters_of_a_simulated_process_are_found(simulated: Simulated) -> None:
    found = fit_garch(simulated.change_N)
    np.testing.assert_allclose(found.nu, TRUTH.nu, rtol=0.15)
    np.testing.assert_allclose(found.alpha + found.gamma / 2, 0.085, atol=0.03)
    np.testing.assert_allclose(found.beta, TRUTH.beta, atol=0.04)


def test_quantiles_of_a_simulated_process_are_found(
    simulated: Simulated, make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    first, horizon = 5_000, 3
    level_T = np.append(0.0, simulated.change_N.cumsum() / 100.0)
    q_THK = GarchT(horizon, levels).forecast(make(level_T, log=True), first)
    unit_K = stats.t.ppf(levels, TRUTH.nu) * np.sqrt((TRUTH.nu - 2) / TRUTH.nu)
    for origin in (0, 321, 777):
        ahead_HK = 100.0 * (q_THK[origin] - level_T[first + origin])
        variance = simulated.variance_N[first + origin]
        # One step ahead the distribution is known; further on, from plain independent draws.
        noise = 0.08 * np.sqrt(variance)
        np.testing.assert_allclose(ahead_HK[0], TRUTH.mu + np.sqrt(variance) * unit_K, atol=noise)
        draws_HP = standardised(np.random.default_rng(origin), (horizon, 100_000))
        change_HP, _ = run(np.full(100_000, variance), draws_HP)
        wanted_K = np.quantile(change_HP.sum(axis=0), levels)
        np.testing.assert_allclose(ahead_HK[-1], wanted_K, atol=2.0 * noise)


def test_a_series_has_draws_of_its_own(
    priced: Sequence, make: Callable[..., Sequence], levels: np.ndarray
) -> None:
    one, other = (
        GarchT(2, levels).forecast(replace(priced, name=name), 200) for name in ("A", "B")
    )
    assert not np.array_equal(one, other)
    np.testing.assert_allclose(one, other, atol=0.01)


def test_without_a_fit_ewma_stands_in(
    priced: Sequence, levels: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stray(*arguments: object, **options: object) -> SimpleNamespace:
        result = SimpleNamespace(params=np.array(astuple(TRUTH)[:6]), convergence_flag=9)
        volatility = SimpleNamespace(backcast=lambda change_N: 1.0)
        return SimpleNamespace(fit=lambda **options: result, volatility=volatility)

    monkeypatch.setattr(garch, "extra", lambda *arguments: SimpleNamespace(arch_model=stray))
    rival = GarchT(3, levels)
    with pytest.warns(FallbackWarning, match=r"does not converge \(flag 9 of the optimiser\)"):
        q_THK = rival.forecast(priced, 200)
    assert rival.fallbacks["SIM"].endswith("; EWMA volatility instead")
    assert q_THK.tobytes() == EwmaVolatility(3, levels).forecast(priced, 200).tobytes()


def test_few_changes_are_not_fitted() -> None:
    with pytest.raises(NotFittedError, match="99 changes are fewer than the 100"):
        fit_garch(np.random.default_rng(0).normal(size=99))
