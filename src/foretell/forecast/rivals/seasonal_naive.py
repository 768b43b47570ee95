"""The value of one season before."""

from __future__ import annotations

import numpy as np

from foretell.forecast.rivals.empirical import Empirical
from foretell.forecast.rivals.seasons import SEASONS_NEEDED, shown_season
from foretell.forecast.targets import level
from foretell.series import Sequence

__all__ = ["SeasonalNaive"]


class SeasonalNaive(Empirical):
    """What was at this place in the last season, with the quantiles of past errors by horizon.

    The season is the longest that the bars before the first origin show, else the one that the
    step suggests. Seasons are counted in bars: a missing bar shifts them until a season later. With
    fewer than three seasons before the first origin a random walk stands in.
    """

    name = "seasonal naive"

    def _path(self, row: Sequence, first: int) -> tuple[np.ndarray, np.ndarray]:
        level_T = level(row)
        bars = self._season(row, first)
        ahead_H = np.arange(1, self.horizon + 1)
        seasons_H = -(-ahead_H // bars)
        source_TH = np.arange(len(level_T))[:, None] + ahead_H - bars * seasons_H
        centre_TH = np.where(source_TH >= 0, level_T[source_TH], np.nan)
        return centre_TH, np.ones((len(level_T), 1))

    def _season(self, row: Sequence, first: int) -> int:
        bars = shown_season(row.head(first))
        if bars > 1 and first < SEASONS_NEEDED * bars + self.horizon:
            reason = f"{first} bars before the first origin are too few for a season of {bars}"
            self._fall_back(row, reason, "a random walk")
            return 1
        return bars
