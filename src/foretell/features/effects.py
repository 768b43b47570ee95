"""What columns known in advance do to a value, by least squares on the training span.

Axes: N rows of all series together, T time, K columns known in advance.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import replace

import numpy as np

from foretell.features.encoder import Layout
from foretell.series import Sequence

__all__ = ["with_effects"]

SETTLING = 20  # first bars of a series, in which the centre is still a guess
# An effect shrinks by this over its squared t-value (the positive-part rule of James and Stein,
# 4th Berkeley Symposium 1, 1961), so that one of |t| below 2 is none.
SHRINKAGE = 4.0


def with_effects(layout: Layout, spans: Rows[Sequence]) -> Layout:
    """Fit the effects for a layout of values; one of prices stays as it is.

    The centre is linear in the past, so its error on the value is its error on the value without
    the effects, plus the effects times its error on the columns themselves. That makes a
    regression which suits whatever centre there is: changes on changes for the last value,
    differences from a season ago for a season.
    """
    if not layout.known or spans[0].priced:
        return layout
    errors = [_errors(layout, span) for span in spans]
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
    return replace(layout, effects=tuple(kept_K.tolist()))


def _errors(layout: Layout, span: Sequence) -> tuple[np.ndarray, np.ndarray]:
    """Errors of the centre one bar ahead, on the value and on each column as if it were one."""
    columns = [span.target_T, *span.known_TK.T]
    errors = [_error(layout, span, value_T)[SETTLING:] for value_T in columns]
    return errors[0], np.column_stack(errors[1:])


def _error(layout: Layout, span: Sequence, value_T: np.ndarray) -> np.ndarray:
    reader = layout.own_reader(span.frequency)
    bars = zip(span.time_T.tolist(), value_T.tolist(), strict=True)
    centre_T = np.array([reader.step(time, (value,)).centre[0] for time, value in bars])
    error_T: np.ndarray = value_T[1:] - centre_T[:-1]
    return error_T
