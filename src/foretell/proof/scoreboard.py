"""All scores of one forecaster: by horizon, overall, and as skill against a rival's.

Axes: N series and origins together, H horizons, K quantiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from foretell.forecast import pinball
from foretell.proof import distribution
from foretell.proof.scores import (
    BANDS,
    absolute_error,
    band_coverage,
    band_width,
    interval_score,
    qlike,
    skill,
    squared_error,
    squared_move,
)

__all__ = ["Scoreboard", "averaged", "each_loss", "known_mean", "scoreboard"]

NOT_A_LOSS = ("coverage", "width")


@dataclass(frozen=True)
class Scoreboard:
    """Scores by name.

    The names are ``pinball``, ``crps``, ``mae``, ``rmse``, ``mase``, ``qlike``, and for each band
    ``interval_0.8``, ``coverage_0.8``, ``width_0.8`` and the like.

    Attributes
    ----------
    by_horizon : dict of str to list of float
    overall : dict of str to float
        Every horizon weighs the same.
    """

    by_horizon: dict[str, list[float]]
    overall: dict[str, float]

    def skill_against(self, rival: Scoreboard) -> Scoreboard:
        """Share of each of the rival's losses that is saved.

        Of QLIKE, which has no zero, it is the difference, in its own units. Coverage and width
        are no losses and are left out.
        """
        losses = [name for name in self.overall if not name.startswith(NOT_A_LOSS)]
        return Scoreboard(
            {
                name: [
                    _saved(name, *pair)
                    for pair in zip(self.by_horizon[name], rival.by_horizon[name], strict=True)
                ]
                for name in losses
            },
            {name: _saved(name, self.overall[name], rival.overall[name]) for name in losses},
        )

    def get(self, name: str, horizon: int | None) -> float | None:
        """One score at a horizon, or over all; None where there is no such score."""
        if name not in self.overall:
            return None
        return self.overall[name] if horizon is None else self.by_horizon[name][horizon - 1]

    def figures(self) -> Iterator[tuple[str, int | None, float]]:
        """All scores: name, horizon (None for all together), value."""
        for name, mean_H in self.by_horizon.items():
            yield name, None, self.overall[name]
            for horizon, value in enumerate(mean_H, start=1):
                yield name, horizon, value

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers, ready for JSON."""
        return asdict(self)


def scoreboard(
    y_NH: np.ndarray,
    q_NHK: np.ndarray,
    levels_K: np.ndarray,
    *,
    last_N: np.ndarray | None = None,
    scale_N: np.ndarray | None = None,
) -> Scoreboard:
    """Score the forecasts of one forecaster.

    Parameters
    ----------
    y_NH : ndarray of float64, shape (N, H)
        NaN where the target is not known; such targets do not count.
    q_NHK : ndarray of float64, shape (N, H, K)
        Quantiles in the space of the targets.
    levels_K : ndarray of float64, shape (K,)
    last_N : ndarray of float64, shape (N,), optional
        Last value known at each origin; QLIKE of the squared move needs it.
    scale_N : ndarray of float64, shape (N,), optional
        Mean absolute error of the naive forecast on the training span of each row's series, such
        as from `naive_scale`; MASE needs it (Hyndman and Koehler, International Journal of
        Forecasting 22, 2006).

    Returns
    -------
    Scoreboard
    """
    losses = each_loss(y_NH, q_NHK, levels_K, last_N=last_N, scale_N=scale_N)
    return averaged(losses, y_NH, q_NHK, levels_K)


def averaged(
    losses: Mapping[str, np.ndarray], y_NH: np.ndarray, q_NHK: np.ndarray, levels_K: np.ndarray
) -> Scoreboard:
    """Take means of what `each_loss` gave, and count what each band held."""
    means = {name: known_mean(loss_NH) for name, loss_NH in losses.items()}
    for band in BANDS:
        means[f"coverage_{band}"] = band_coverage(y_NH, q_NHK, levels_K, band)
    overall = {name: float(mean_H.mean()) for name, mean_H in means.items()}
    means["rmse"], overall["rmse"] = np.sqrt(means["rmse"]), float(np.sqrt(overall["rmse"]))
    return Scoreboard({name: mean_H.tolist() for name, mean_H in means.items()}, overall)


def each_loss(
    y_NH: np.ndarray,
    q_NHK: np.ndarray,
    levels_K: np.ndarray,
    *,
    last_N: np.ndarray | None = None,
    scale_N: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Score of every forecast, shape (N, H), for `scoreboard`'s arguments.

    Coverage is not among them, and the root of ``rmse`` is taken of its mean.
    """
    losses = {
        "pinball": pinball(y_NH, q_NHK, levels_K),
        "crps": distribution.crps(y_NH, q_NHK, levels_K),
        "mae": absolute_error(y_NH, q_NHK, levels_K),
        "rmse": squared_error(y_NH, q_NHK, levels_K),
    }
    unknown_NH = np.where(np.isfinite(y_NH), 0.0, np.nan)
    for band in BANDS:
        losses[f"interval_{band}"] = interval_score(y_NH, q_NHK, levels_K, band)
        losses[f"width_{band}"] = band_width(q_NHK, levels_K, band) + unknown_NH
    if scale_N is not None:
        losses["mase"] = losses["mae"] / scale_N[:, None]
    if last_N is not None:
        expected_NH = squared_move(q_NHK, levels_K, last_N[:, None])
        losses["qlike"] = qlike(expected_NH, (y_NH - last_N[:, None]) ** 2)
    return losses


def known_mean(loss_NH: np.ndarray) -> np.ndarray:
    """Mean over rows of what is known; NaN where nothing is."""
    known_NH = np.isfinite(loss_NH)
    count_H = known_NH.sum(axis=0)
    total_H = np.where(known_NH, loss_NH, 0.0).sum(axis=0)
    empty_H = np.full(total_H.shape, np.nan)
    mean_H: np.ndarray = np.divide(total_H, count_H, out=empty_H, where=count_H > 0)
    return mean_H


def _saved(name: str, loss: float, rival: float) -> float:
    return rival - loss if name == "qlike" else skill(loss, rival)
