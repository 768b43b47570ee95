"""A forecast drawn with letters: recent closes, and the bands of the bars to come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

__all__ = ["AXIS", "BANDS", "HEIGHT", "MEDIAN", "fan"]

HEIGHT = 14  # lines
AXIS = 14  # columns before the first close
FEWEST_CLOSES = 16
CLOSE, MEDIAN = "•", "─"
# From the outermost band in: lower and upper level, and what it is filled with.
BANDS = ((0.05, 0.95, "░"), (0.1, 0.9, "▒"), (0.25, 0.75, "▓"))


def fan(
    closes: Sequence[float],
    q_HK: np.ndarray,
    levels_K: np.ndarray,
    height: int = HEIGHT,
    width: int | None = None,
) -> Text:
    """Draw a forecast.

    Parameters
    ----------
    closes : sequence of float
        The last ones, a column each.
    q_HK : ndarray, shape (H, K)
        Quantiles; two columns a horizon, or one where there is no room.
    levels_K : ndarray, shape (K,)
    height, width : int, optional
        Lines, and columns at most: where they do not suffice, old closes are left out, and then the
        longest horizons.
    """
    room = (width or AXIS + len(closes) + 2 * len(q_HK)) - AXIS
    kept = min(len(closes), FEWEST_CLOSES)
    columns = 2 if kept + 2 * len(q_HK) <= room else 1
    q_HK = q_HK[: max((room - kept) // columns, 1)]
    closes = closes[-max(room - columns * len(q_HK), 1) :]
    edges = [[np.interp(level, levels_K, q_K) for level in (0.05, 0.95)] for q_K in q_HK]
    values = [*closes, *np.ravel(edges)]
    low, high = min(values), max(values)
    step = (high - low) / (height - 1) or 1.0
    lines = []
    for row in range(height):
        value = high - row * step
        past = "".join(CLOSE if abs(close - value) <= step / 2 else " " for close in closes)
        ahead = "".join(columns * _filled(value, step, q_K, levels_K) for q_K in q_HK)
        lines.append(f"{value:>12,.6g} ┤{past}{ahead}")
    return Text("\n".join(lines))


def _filled(value: float, step: float, q_K: np.ndarray, levels_K: np.ndarray) -> str:
    if abs(np.interp(0.5, levels_K, q_K) - value) <= step / 2:
        return MEDIAN
    found = " "
    for lower, upper, letter in BANDS:
        edges = np.interp([lower, upper], levels_K, q_K)
        if edges[0] - step / 2 <= value <= edges[1] + step / 2:
            found = letter
    return found
