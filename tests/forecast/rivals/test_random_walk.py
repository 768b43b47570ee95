"""The random walk repeats the quantiles of past changes."""

from __future__ import annotations

import numpy as np

from foretell.forecast import level
from foretell.forecast.rivals import RandomWalk
from foretell.series import Sequence


def test_quantiles_are_those_of_past_changes(priced: Sequence, levels: np.ndarray) -> None:
    level_T = level(priced)
    changes = [level_T[step:180] - level_T[: 180 - step] for step in (1, 2, 3)]
    learned_HK = np.array([np.quantile(change[20:], levels) for change in changes])
    q_THK = RandomWalk(3, levels).forecast(priced, 180)
    np.testing.assert_allclose(q_THK[5], level_T[185] + learned_HK)
