"""What every path promises."""

from __future__ import annotations

import numpy as np
import pytest

from foretell.features import Climatology, DampedTrend, Mixture, Path, Season

PATHS = (Season(6), Climatology((6.0, 24.0)), DampedTrend(0.4, 0.1, 0.9), Mixture(3, (6,)))


def ahead(path: Path, level_T: np.ndarray) -> np.ndarray:
    recursion, coming = path.start(), []
    for level in level_T.tolist():
        recursion.step(level, 1)
        coming.append(recursion.ahead(3, level))
    return np.array(coming)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.kind)
def test_path_of_a_sum_is_the_sum_of_paths_where_it_says_so(path: Path) -> None:
    one_T, other_T = np.cumsum(np.random.default_rng(0).normal(size=(2, 80)), axis=1)
    summed = np.allclose(ahead(path, one_T + other_T), ahead(path, one_T) + ahead(path, other_T))
    assert summed is path.linear
