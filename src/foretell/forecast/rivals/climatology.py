"""What the calendar alone tells: a mean and the waves of the seasons, with past errors around."""

from __future__ import annotations

import numpy as np

from foretell.features import Climatology as Waves
from foretell.forecast.rivals.empirical import Empirical
from foretell.forecast.rivals.seasons import periods
from foretell.forecast.targets import level
from foretell.series import Sequence

__all__ = ["Climatology"]


class Climatology(Empirical):
    """Mean and waves with the periods that the bars before the first origin show.

    They are learned on, bar by bar, and old bars fade: see `foretell.features.Climatology`. What
    the last values were above or below them plays no part. Without a season a random walk stands
    in.
    """

    name = "climatology"
    of_prices = False

    def _path(self, row: Sequence, first: int) -> tuple[np.ndarray, np.ndarray]:
        level_T = level(row)
        known = periods(row.head(first))
        if not known:
            self._fall_back(row, "no season shows before the first origin", "a random walk")
            return level_T[:, None], np.ones((len(row), 1))
        waves, settled = Waves(known), round(max(known))
        recursion, centres = waves.start(), []
        for bar, value in enumerate(level_T.tolist()):
            recursion.step(value, row.frequency.bars(*row.time_T[bar - 1 : bar + 1]) if bar else 1)
            centres.append(recursion.ahead(self.horizon, value))
        centre_TH = np.array(centres)
        centre_TH[:settled] = np.nan
        return centre_TH, np.ones((len(row), 1))
