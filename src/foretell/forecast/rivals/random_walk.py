"""The last value, and how far it was missed by before."""

from __future__ import annotations

import numpy as np

from foretell.forecast.rivals.empirical import Empirical
from foretell.forecast.targets import level
from foretell.series import Sequence

__all__ = ["RandomWalk"]


class RandomWalk(Empirical):
    """The centre is the last value, with a volatility that never changes."""

    name = "random walk"

    def _path(self, row: Sequence, first: int) -> tuple[np.ndarray, np.ndarray]:
        del first  # nothing is fitted
        centre_TH = level(row)[:, None]
        return centre_TH, np.ones_like(centre_TH)
