"""What most rivals have in common: a centre, a scale, and the quantiles of past errors.

Axes: T time, N bars to learn from, H horizons, K quantiles. An axis H of a centre or a scale may
have length one, for all horizons alike.
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from foretell.errors import ShortHistory
from foretell.forecast.anchoring import SETTLING
from foretell.forecast.rivals.rival import Rival
from foretell.forecast.targets import targets
from foretell.series import Sequence

__all__ = ["FEWEST_ERRORS", "SMALLEST", "Empirical"]

FEWEST_ERRORS = 10  # at the longest horizon; quantiles of fewer are no quantiles
SMALLEST = 1e-12  # scale of a series that does not move


class Empirical(Rival):
    """Centre plus scale times the empirical quantiles of past errors, counted in scales.

    The errors are those of all origins before the first one whose targets are known before it,
    without the first 20 bars, one set of quantiles a horizon.
    """

    def forecast(self, row: Sequence, first: int) -> np.ndarray:
        """See `Rival.forecast`."""
        self._check_length(row, first)
        centre_TH, scale_TH = self._path(row, first)
        error_NH = targets(row.head(first), self.horizon) - centre_TH[:first]
        z_NH = (error_NH / scale_TH[:first])[SETTLING:]
        quantile_HK = np.nanquantile(z_NH, self.levels_K, axis=0).T
        q_THK: np.ndarray = centre_TH[first:, :, None] + scale_TH[first:, :, None] * quantile_HK
        return q_THK

    @abstractmethod
    def _path(self, row: Sequence, first: int) -> tuple[np.ndarray, np.ndarray]:
        """Centre and scale after every bar, in target space, each of shape (T, H) or (T, 1).

        The scale is positive. A centre that is NaN is not learned from.
        """

    def _check_length(self, row: Sequence, first: int) -> None:
        needed = SETTLING + self.horizon + FEWEST_ERRORS
        if first < needed:
            message = (
                f"{row.name!r} has {first} bars before the first origin, and a horizon of "
                f"{self.horizon} needs {needed}; start later or give a shorter horizon"
            )
            raise ShortHistory(message)
