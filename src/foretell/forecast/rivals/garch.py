"""A volatility model: GJR-GARCH(1,1) with Student t innovations, one per series.

`arch` estimates the parameters on the bars before the first origin. They stay fixed from there
on; from every origin the variance is filtered with them and paths are simulated to the horizon,
whose quantiles are the forecast (Glosten, Jagannathan and Runkle, Journal of Finance 48, 1993):

    r[t] = mu + e[t],  e[t] = sqrt(v[t]) * z[t],  z ~ standardised t(nu)
    v[t] = omega + (alpha + gamma * 1[e[t-1] < 0]) * e[t-1]**2 + beta * v[t-1]

r are the changes of the series in target space, in units of their spread before the first origin.
Axes: N changes of one series, T origins, H horizons, K quantiles.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from foretell.forecast.rivals.ewma import EwmaVolatility
from foretell.forecast.rivals.extras import extra
from foretell.forecast.rivals.garch_paths import innovations, path_quantiles
from foretell.forecast.rivals.rival import Rival
from foretell.forecast.targets import level
from foretell.series import Sequence

__all__ = ["Garch", "GarchT", "NotFittedError", "filtered_variance", "fit_garch"]

FEWEST_CHANGES = 100  # six parameters from fewer are noise
STILL = 1e-9  # spread of the changes, by the size of the values, below which nothing moves
SEED = 20_240_101


@dataclass(frozen=True)
class Garch:
    """Fitted parameters.

    Attributes
    ----------
    mu, omega, alpha, gamma, beta : float
        As in the equations at the top of this file.
    nu : float
        Degrees of freedom of the innovations; more than two.
    backcast : float
        Stands for the squared residual and the variance before the first change.
    """

    mu: float
    omega: float
    alpha: float
    gamma: float
    beta: float
    nu: float
    backcast: float


class NotFittedError(Exception):
    """There is no fit; the message says why."""


class GarchT(Rival):
    """GJR-GARCH(1,1)-t. Where it cannot be fitted, EWMA volatility stands in.

    The paths are drawn from a seed that depends on nothing but the name of the series.
    """

    name = "GJR-GARCH-t"

    def forecast(self, row: Sequence, first: int) -> np.ndarray:
        """See `Rival.forecast`."""
        level_T = level(row)
        change_N = np.diff(level_T)
        try:
            unit = _spread(level_T[:first])
            garch = fit_garch(change_N[: first - 1] / unit)
        except NotFittedError as reason:
            stand_in = EwmaVolatility(self.horizon, self.levels_K)
            self._fall_back(row, str(reason), stand_in.name)
            return stand_in.forecast(row, first)
        # Change n leads to bar n + 1, so what follows bar t has the variance of entry t.
        variance_T = filtered_variance(garch, change_N / unit)[first:]
        z_HP = innovations(garch.nu, self.horizon, (SEED, zlib.crc32(row.name.encode())))
        q_THK = path_quantiles(garch, variance_T, z_HP, self.levels_K)
        return level_T[first:, None, None] + unit * q_THK


def _spread(past_T: np.ndarray) -> float:
    spread = float(np.diff(past_T).std()) if len(past_T) > 1 else 0.0
    if spread <= STILL * float(np.abs(past_T).max(initial=0.0)):
        message = "the series does not move"
        raise NotFittedError(message)
    return spread


def fit_garch(change_N: np.ndarray) -> Garch:
    """Estimate the parameters by maximum likelihood.

    Parameters
    ----------
    change_N : ndarray of float64
        Of a spread near one, for which `arch` has its starting values.

    Raises
    ------
    NotFittedError
        There are too few changes, or the optimiser does not converge.
    MissingExtra
        `arch` is not installed.
    """
    arch_model = extra("arch.univariate", GarchT.name).arch_model
    if len(change_N) < FEWEST_CHANGES:
        message = f"{len(change_N)} changes are fewer than the {FEWEST_CHANGES} that a fit needs"
        raise NotFittedError(message)
    model = arch_model(change_N, mean="Constant", p=1, o=1, q=1, dist="t", rescale=False)
    result = model.fit(disp="off", show_warning=False)
    # From the plain mean, not from mu: so arch sets it, before it estimates anything.
    backcast = float(model.volatility.backcast(change_N - change_N.mean()))
    mu, omega, alpha, gamma, beta, nu = (float(value) for value in result.params)
    if result.convergence_flag or not np.isfinite(result.params).all():
        message = f"the fit does not converge (flag {result.convergence_flag} of the optimiser)"
        raise NotFittedError(message)
    return Garch(mu, omega, alpha, gamma, beta, nu, backcast)


def filtered_variance(garch: Garch, change_N: np.ndarray) -> np.ndarray:
    """Return the conditional variance of each change and of the one to come, shape (N + 1,).

    Entry n depends on the changes before n only.
    """
    residual_N = change_N - garch.mu
    shock_N = (garch.alpha + garch.gamma * (residual_N < 0)) * residual_N**2
    # Half of gamma: before the first change either sign is as likely.
    persistence = garch.alpha + garch.gamma / 2 + garch.beta
    variance = garch.omega + persistence * garch.backcast
    variances = [variance]
    for shock in shock_N.tolist():
        variance = garch.omega + shock + garch.beta * variance
        variances.append(variance)
    return np.array(variances)
