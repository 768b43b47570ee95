"""What columns known in advance do to a level, by least squares on the training span.

Axes: N rows of all series together, T time, K columns known in advance.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import replace

import numpy as np

from foretell.features.anchors import Anchor
from foretell.features.encoder import Layout, read
from foretell.series import Sequence

__all__ = ["fitted_effects"]

SETTLING = 20  # first bars of a series, in which the centre is still a guess
# An effect shrinks by this over its squared t-value (the positive-part rule of James and Stein,
# 4th Berkeley Symposium 1, 1961), so that one of |t| below 2 is none.
SHRINKAGE = 4.0


def fitted_effects(layout: Layout, anchor: Anchor, spans: Rows[Sequence]) -> tuple[float, ...]:
    """Fit what one unit of each column known in advance adds to a level.

    The centre is linear in the past, so its error on the level is its error on the level without
    the effects, plus the effects times its error on the columns themselves. That makes a
    regression which suits whatever centre there is: changes on changes for the last value,
    differences from a season ago for a season.

    Parameters
    ----------
    layout : Layout
        With columns known in advance, linear paths, and no effects yet.
    anchor : Anchor
        Whose centre it is.
    spans : list of Sequence
        Training spans; of values, not of prices.
    """
    errors = [_errors(layout, anchor, span) for span in spans]
    y_N = np.concatenate([y_T for y_T, _ in errors])
    x_NK = np.concatenate([x_TK for _, x_TK in errors])
    inverse_KK = np.linalg.pinv(x_NK.T @ x_NK)
    effect_K = inverse_KK @ (x_NK.T @ y_N)
    variance = np.mean((y_N - x_NK @ effect_K) ** 2)
    squared_error_K = variance * np.diag(inverse_KK)
    small_K = SHRINKAGE * squared_error_K >= effect_K**2
    kept_K = np.where(
        small_K, 0.0, effect_K - SHRINKAGE * squared_error_K / np.where(small_K, 1.0, effect_K)
    )
    return tuple(kept_K.tolist())


def _errors(layout: Layout, anchor: Anchor, span: Sequence) -> tuple[np.ndarray, np.ndarray]:
    """Errors of the centre one bar ahead, on the level and on each column as if it were one."""
    error_T = _error(layout, anchor, span, span.target_T)
    as_it_is = replace(layout, log=False)
    errors = [_error(as_it_is, anchor, span, column_T) for column_T in span.known_TK.T]
    return error_T, np.column_stack(errors)


def _error(layout: Layout, anchor: Anchor, span: Sequence, value_T: np.ndarray) -> np.ndarray:
    values = Sequence(span.name, span.frequency, ("value",), span.time_T, value_T[:, None])
    level_T, centre_TH, _ = read(layout.own_reader(span.frequency), values).around(anchor)
    error_T: np.ndarray = level_T[SETTLING + 1 :] - centre_TH[SETTLING:-1, 0]
    return error_T
