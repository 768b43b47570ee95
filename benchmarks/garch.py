"""A volatility model as a rival: GJR-GARCH(1,1) with Student t innovations, one per coin.

`arch` estimates the parameters on the training span; they stay fixed from the cut on. From every
test origin the variance is filtered with them and paths are simulated to the horizon, whose
empirical quantiles are the forecast (Glosten, Jagannathan and Runkle, 1993):

    r[t] = mu + e[t],  e[t] = sqrt(v[t]) * z[t],  z ~ standardised t(nu)
    v[t] = omega + (alpha + gamma * 1[e[t-1] < 0]) * e[t-1]**2 + beta * v[t-1]

Returns are in per cent inside this file, as `arch` prefers, and plain in what leaves it.
Axes: N returns of one series, T test origins, P paths; the rest as in `protocol`.
Run as a script to print the scores:
``python benchmarks/garch.py ../shared/data/binance/1d.parquet``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from arch import arch_model
from scipy import stats

from protocol import HORIZON, QUANTILES, Closes, actual_returns, load_closes, score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]

__all__ = [
    "Garch",
    "GarchForecast",
    "filtered_variance",
    "fit",
    "garch_forecast",
    "innovations",
    "simulate",
]

PER_CENT = 100.0
PATHS_LOG2 = 12  # 4,096 paths
# Origins simulated at once: a block of paths then stays in the processor's cache.
BLOCK = 32


@dataclass(frozen=True)
class Garch:
    """Fitted parameters, for returns in per cent.

    Attributes
    ----------
    mu, omega, alpha, gamma, beta
        As in the equations at the top of this file.
    nu
        Degrees of freedom of the innovations; more than two.
    backcast
        Stands for the squared residual and the variance before the first return.
    """

    mu: float
    omega: float
    alpha: float
    gamma: float
    beta: float
    nu: float
    backcast: float


@dataclass(frozen=True)
class GarchForecast:
    """Forecasts of all series, and what they took: q_STHK, and seconds of wall time."""

    q_STHK: Floats
    fit_seconds: float
    simulation_seconds: float


def fit(returns_N: Floats) -> Garch:
    """Estimate the parameters on the returns given, in per cent, by maximum likelihood.

    Raises
    ------
    RuntimeError
        If the optimiser does not converge.
    """
    model = arch_model(returns_N, mean="Constant", p=1, o=1, q=1, dist="t", rescale=False)
    result = model.fit(disp="off")
    if result.convergence_flag:
        message = f"GARCH fit failed with flag {result.convergence_flag}; check the returns"
        raise RuntimeError(message)
    mu, omega, alpha, gamma, beta, nu = (float(value) for value in result.params)
    # From the plain mean, not from mu: so arch sets it, before it estimates anything.
    backcast = float(model.volatility.backcast(returns_N - returns_N.mean()))
    return Garch(mu, omega, alpha, gamma, beta, nu, backcast)


def filtered_variance(garch: Garch, returns_N: Floats) -> Floats:
    """Return the conditional variance of each return and of the one to come, shape N + 1.

    Entry t depends on the returns before t only.
    """
    residuals_N = returns_N - garch.mu
    shock_N = (garch.alpha + garch.gamma * (residuals_N < 0)) * residuals_N**2
    variance = np.empty(len(returns_N) + 1)
    # Half of gamma: before the first return either sign is as likely.
    persistence = garch.alpha + garch.gamma / 2 + garch.beta
    variance[0] = garch.omega + persistence * garch.backcast
    for t, shock in enumerate(shock_N):
        variance[t + 1] = garch.omega + shock + garch.beta * variance[t]
    return variance


def innovations(nu: float, horizon: int, seed: int, paths_log2: int = PATHS_LOG2) -> Floats:
    """Return z_HP, standardised t draws for 2**paths_log2 paths.

    They come from a scrambled Sobol sequence: its points fill the H-dimensional cube evenly, so
    quantiles over the paths are far less noisy than with as many independent draws.
    """
    uniform_PH = stats.qmc.Sobol(horizon, rng=np.random.default_rng(seed)).random_base2(paths_log2)
    # A scrambled point may be exactly zero, whose quantile is minus infinity.
    uniform_PH = np.clip(uniform_PH, 1e-9, 1 - 1e-9)
    z_PH: Floats = stats.t.ppf(uniform_PH, nu) * np.sqrt((nu - 2) / nu)
    return np.ascontiguousarray(z_PH.T)


def simulate(garch: Garch, variance_T: Floats, z_HP: Floats) -> Floats:
    """Return q_THK in per cent: quantiles of the returns summed over 1..H simulated steps.

    Parameters
    ----------
    garch
        The parameters.
    variance_T
        Variance of the first step after each origin.
    z_HP
        Innovations, shared by all origins.
    """
    # Single precision halves the time and is exact to far less than the sampling noise.
    singles_HP = z_HP.astype(np.float32)
    blocks = np.array_split(variance_T.astype(np.float32), -(-len(variance_T) // BLOCK))
    return np.concatenate([_simulate_block(garch, block_T, singles_HP) for block_T in blocks])


def _simulate_block(garch: Garch, variance_T: Singles, z_HP: Singles) -> Floats:
    shape_TP = (len(variance_T), z_HP.shape[1])
    variance_TP = np.broadcast_to(variance_T[:, np.newaxis], shape_TP)
    total_TP = np.zeros(shape_TP, np.float32)
    q_HTK = []
    for z_P in z_HP:
        residual_TP = np.sqrt(variance_TP) * z_P
        total_TP += residual_TP + np.float32(garch.mu)
        q_HTK.append(_quantiles(total_TP))
        # The sign of a residual is that of its innovation, so one factor serves all origins.
        factor_P = (garch.alpha + garch.gamma * (z_P < 0)).astype(np.float32)
        variance_TP = garch.omega + factor_P * residual_TP**2 + garch.beta * variance_TP
    return np.stack(q_HTK, axis=1)


def _quantiles(values_TP: Singles) -> Floats:
    """Return q_TK, as np.quantile does; sorting first is several times faster than it."""
    sorted_TP = np.sort(values_TP, axis=1)
    position_K = np.asarray(QUANTILES) * (sorted_TP.shape[1] - 1)
    below_K = np.floor(position_K).astype(np.intp)
    low_TK, high_TK = sorted_TP[:, below_K], sorted_TP[:, below_K + 1]
    q_TK: Floats = low_TK + (position_K - below_K) * (high_TK - low_TK)
    return q_TK


def garch_forecast(
    closes: Sequence[Closes], horizon: int = HORIZON, seed: int = 0
) -> GarchForecast:
    """Fit each series before the cut and forecast its log returns from every test origin."""
    returns = [PER_CENT * np.diff(series.log_closes_N) for series in closes]
    start = time.perf_counter()
    # The n bars of the training span make n - 1 returns.
    fitted = [fit(r_N[: c.train_size - 1]) for c, r_N in zip(closes, returns, strict=True)]
    fitted_at = time.perf_counter()
    q_STHK = []
    for s, (series, garch, r_N) in enumerate(zip(closes, fitted, returns, strict=True)):
        # Return t leads from bar t to t + 1, so the variance of the step after bar t stands at t.
        variance_T = filtered_variance(garch, r_N)[series.origins]
        z_HP = innovations(garch.nu, horizon, seed + s)
        q_STHK.append(simulate(garch, variance_T, z_HP) / PER_CENT)
    return GarchForecast(np.stack(q_STHK), fitted_at - start, time.perf_counter() - fitted_at)


if __name__ == "__main__":
    daily = load_closes(sys.argv[1])
    forecast = garch_forecast(daily)
    print("garch:", score(forecast.q_STHK, actual_returns(daily), forecast.fit_seconds))
    print(f"simulation {forecast.simulation_seconds:.1f} s")
