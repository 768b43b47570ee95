"""The seam that every forecaster compared with stands behind, a user's own model among them.

Axes: T time, H horizons, K quantiles.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence as Rows

import numpy as np

from foretell.forecast.engine import Trace
from foretell.series import Sequence

__all__ = ["FallbackWarning", "Rival"]


class FallbackWarning(UserWarning):
    """A rival could not be fitted and something simpler stands in for it."""


class Rival(ABC):
    """A forecaster of one series at a time.

    Parameters
    ----------
    horizon : int
        Bars ahead; every forecast covers 1 to `horizon`.
    levels_K : ndarray of float64
        Quantile levels, increasing.

    Attributes
    ----------
    name : str
        What a table calls it.
    of_prices : bool
        Whether it has anything to say of prices.
    fallbacks : dict of str to str
        By series: why the rival could not be fitted, and what stands in for it.
    """

    name: str
    of_prices: bool = True

    def __init__(self, horizon: int, levels_K: np.ndarray) -> None:
        self.horizon = horizon
        self.levels_K = levels_K
        self.fallbacks: dict[str, str] = {}

    @abstractmethod
    def forecast(self, row: Sequence, first: int) -> np.ndarray:
        """Forecast from every bar from one on.

        Whatever is *fitted* may see only ``row.head(first)``; what is forecast from bar t may
        see only the bars up to t.

        Parameters
        ----------
        row : Sequence
        first : int
            Row of the first origin.

        Returns
        -------
        ndarray of float64, shape (len(row) - first, H, K)
            Quantiles in target space (see `level`): finite, and not decreasing over levels.

        Raises
        ------
        ShortHistory
            Too few bars before the first origin to learn anything from.
        MissingExtra
            A library that the rival is made with is not installed.
        """

    def trace(self, rows: Rows[Sequence], start: int) -> list[Trace]:
        """Forecast several series from every bar from an instant on.

        Parameters
        ----------
        rows : list of Sequence
        start : int
            Open time of the first origin, in seconds since 1970.
        """
        firsts = [int(np.searchsorted(row.time_T, start)) for row in rows]
        return [
            Trace(row, first, self.forecast(row, first))
            for row, first in zip(rows, firsts, strict=True)
        ]

    def _fall_back(self, row: Sequence, reason: str, instead: str) -> None:
        """Record that something simpler stands in, and warn of it."""
        self.fallbacks[row.name] = f"{reason}; {instead} instead"
        message = f"{self.name}, series {row.name!r}: {self.fallbacks[row.name]}"
        warnings.warn(message, FallbackWarning, stacklevel=3)
