"""How far a level is drawn, and towards what: least squares over the training span.

Axes: N rows of all series together, H horizons, M paths, S terms.
"""

from __future__ import annotations

import numpy as np

__all__ = ["drawn"]

RIDGE = 1e-3  # of each regressor's own variance: two that say the same share what they say
CLIP = 8.0  # in scales, of what is explained: one freak value is not all of the fit


def drawn(
    ahead_NH: np.ndarray, path_NMH: np.ndarray, term_NS: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights of paths and terms by horizon.

    Ridge regression of the change ahead on the way to each path and on each term. There is no
    constant: a level may be of any unit.

    Parameters
    ----------
    ahead_NH : ndarray of float64, shape (N, H)
        Levels ahead minus the level, in scales; NaN where not known yet.
    path_NMH : ndarray of float64, shape (N, M, H)
        Paths minus the level, in scales.
    term_NS : ndarray of float64, shape (N, S)
        In scales.

    Returns
    -------
    toward_HM, pull_HS : ndarray of float64
    """
    paths = path_NMH.shape[1]
    weight_HD = np.zeros((ahead_NH.shape[1], paths + term_NS.shape[1]))
    for step, change_N in enumerate(ahead_NH.T):
        known = np.isfinite(change_N)
        design_ND = np.clip(np.hstack([path_NMH[known, :, step], term_NS[known]]), -CLIP, CLIP)
        change_N = np.clip(change_N[known], -CLIP, CLIP)  # noqa: PLW2901
        gram_DD = design_ND.T @ design_ND
        ridge_D = RIDGE * np.diag(gram_DD) + 1e-9 * len(change_N) + 1e-12
        weight_HD[step] = np.linalg.solve(gram_DD + np.diag(ridge_D), design_ND.T @ change_N)
    return weight_HD[:, :paths], weight_HD[:, paths:]
