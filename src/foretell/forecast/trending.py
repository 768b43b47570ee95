"""The parameters of a damped trend, chosen on the training span."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from itertools import product

import numpy as np

from foretell.features import DampedTrend, Layout, in_logs
from foretell.forecast.targets import ahead
from foretell.series import Sequence

__all__ = ["damped_trend"]

ALPHAS, BETAS, PHIS = (0.1, 0.3, 0.6, 0.9), (0.02, 0.1, 0.3), (0.8, 0.9, 0.98)
MOST_BARS = 3_000  # stepped through for each combination
FEWEST_ROWS = 200  # of a series


def damped_trend(spans: Rows[Sequence], layout: Layout) -> DampedTrend:
    """Take the parameters whose paths miss least, on average over horizons.

    Each of three numbers has a choice of three or four, for all series together: too few for the
    choice to be flattered by the bars that it is made on.

    Parameters
    ----------
    spans : list of Sequence
    layout : Layout
        Its log and its horizon.
    """
    some = _some(spans)
    levels = [in_logs(each) if layout.log else each for each in some]
    grid = [DampedTrend(*each) for each in product(ALPHAS, BETAS, PHIS)]
    losses = [sum(_miss(trend, level_T, layout.horizon) for level_T in levels) for trend in grid]
    return grid[int(np.argmin(losses))]


def _some(spans: Rows[Sequence]) -> list[np.ndarray]:
    """The last values of a few series."""
    count = max(1, min(len(spans), MOST_BARS // FEWEST_ROWS))
    chosen = [spans[place] for place in np.linspace(0, len(spans) - 1, count).round().astype(int)]
    return [each.target_T[-(MOST_BARS // count) :] for each in chosen]


def _miss(trend: DampedTrend, level_T: np.ndarray, horizon: int) -> float:
    """Mean distance from the path, in mean changes from bar to bar."""
    recursion, coming = trend.start(), []
    for level in level_T.tolist():
        recursion.step(level, 1)
        coming.append(recursion.ahead(horizon, level))
    miss = float(np.nanmean(np.abs(ahead(level_T, horizon) - np.array(coming))))
    return miss / max(float(np.abs(np.diff(level_T)).mean()), 1e-300)
