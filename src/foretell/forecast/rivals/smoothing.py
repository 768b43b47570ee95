"""What the rivals from `statsforecast` share: fitted once, then carried forward, never refitted.

Axes: T time, H horizons.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from foretell.forecast.rivals.empirical import Empirical
from foretell.forecast.rivals.extras import extra
from foretell.forecast.rivals.seasons import shown_season
from foretell.forecast.targets import level
from foretell.series import Sequence

__all__ = ["Smoothing"]


class Smoothing(Empirical):
    """A model of `statsforecast`, fitted on the bars before the first origin.

    Prices are taken in logs and without a season; other series have that of
    `foretell.forecast.rivals.seasons`. Where nothing can be fitted, or the model yields no
    number, a random walk stands in.

    Attributes
    ----------
    longest_fit : int
        Bars at the end of a longer history that parameters are fitted on.
    longest_season : int
        Bars in the longest season that it takes; a series with longer ones alone gets that of
        its step.
    """

    longest_fit: int
    longest_season: int

    def _path(self, row: Sequence, first: int) -> tuple[np.ndarray, np.ndarray]:
        level_T = level(row)
        bars = 1 if row.priced else shown_season(row.head(first), self.longest_season)
        fitted = self._fit(row, level_T[max(first - self.longest_fit, 0) : first], bars)
        if fitted is None:
            return level_T[:, None], np.ones((len(row), 1))
        centre_TH = self._finite(row, self._centre(fitted, level_T, first), level_T)
        return centre_TH, self._scale(fitted, centre_TH)

    def _finite(self, row: Sequence, centre_TH: np.ndarray, level_T: np.ndarray) -> np.ndarray:
        lost_T = ~np.isfinite(centre_TH).all(axis=1)
        if not lost_T.any():
            return centre_TH
        reason = f"the model yields no number on {lost_T.sum()} bars"
        self._fall_back(row, reason, "the last value")
        return np.where(lost_T[:, None], level_T[:, None], centre_TH)

    def _fit(self, row: Sequence, past_T: np.ndarray, bars: int) -> dict[str, Any] | None:
        models = extra("statsforecast.models", self.name)
        if np.ptp(past_T) == 0.0:
            self._fall_back(row, "the series does not move", "a random walk")
            return None
        try:
            fitted: dict[str, Any] = self._model(models, bars, priced=row.priced).fit(past_T).model_
        except Exception as error:  # noqa: BLE001 - statsforecast raises Exception itself
            self._fall_back(row, f"statsforecast: {error}", "a random walk")
            return None
        return fitted

    @abstractmethod
    def _model(self, models: Any, bars: int, *, priced: bool) -> Any:
        """An unfitted model from the module `statsforecast.models`."""

    @abstractmethod
    def _centre(self, fitted: dict[str, Any], level_T: np.ndarray, first: int) -> np.ndarray:
        """Point forecasts after every bar, shape (T, H)."""

    def _scale(self, fitted: dict[str, Any], centre_TH: np.ndarray) -> np.ndarray:
        """In what the errors are counted."""
        del fitted
        return np.ones_like(centre_TH)
