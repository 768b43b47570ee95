"""The part of the memory page about units of a language model.

Axes: N characters.
"""

from __future__ import annotations

from html import escape
from itertools import groupby

import numpy as np

from foretell.memory import Follower, Letters
from foretell.report.markup import table

__all__ = ["letters_said", "letters_table", "passages"]

SHOWN = 3
EXCERPT = 700  # characters
SHADES = 5  # each way
STRONG = 0.4
WORDED = 0.7  # share of letters and digits in an excerpt


def letters_table(letters: Letters) -> str:
    """What was looked for, and how well a unit goes with it."""
    rows = [
        (
            each.mark, f"{each.unit}", f"{each.chosen_by:.2f}", f"{each.held_out:.2f}",
            f"{each.untrained:.2f}",
        )
        for each in letters.followers
    ]  # fmt: skip
    heads = ("what a reader sees", "unit", "where chosen", "elsewhere", "untrained")
    strong = frozenset((row, 3) for row in range(len(rows)))
    return table(heads, rows, strong)


def letters_said(letters: Letters) -> str:
    """Name those that hold elsewhere, and those that do not."""
    held = [each.mark for each in letters.followers if _holds(each)]
    rest = [each.mark for each in letters.followers if not _holds(each)]
    said = f"A unit follows: {', '.join(held)}." if held else "No unit follows any of these."
    return said + (f" None does: {', '.join(rest)}." if held and rest else "")


def _holds(each: Follower) -> bool:
    """Whether a correlation is worth a name: above 0.4, and more than what comes for free."""
    return each.held_out >= STRONG and each.held_out > each.untrained


def passages(letters: Letters) -> str:
    """Excerpts, each shaded by the unit that follows the mark."""
    return "\n".join(_passage(letters.passage, each) for each in letters.followers[:SHOWN])


def _passage(text: str, each: Follower) -> str:
    start = _excerpt(text, each.mark_N)
    seen = slice(start, start + EXCERPT)
    shades = _shades(each.memory_N)[seen].tolist()
    runs = groupby(zip(shades, text[seen], strict=True), key=lambda pair: pair[0])
    spans = "".join(
        f'<span class="u{shade}">{escape("".join(letter for _, letter in run))}</span>'
        for shade, run in runs
    )
    return (
        f"<h3>{escape(each.mark.capitalize())}: unit {each.unit}, correlation "
        f'{each.held_out:.2f}</h3>\n<pre class="passage">{spans}</pre>'
    )


def _excerpt(text: str, mark_N: np.ndarray) -> int:
    """Where the mark, not the unit, varies most among lines of words."""
    starts = [0, *(place + 1 for place, letter in enumerate(text) if letter == "\n")]
    whole = [place for place in starts if place + EXCERPT <= len(text)] or [0]
    worded = [place for place in whole if _words(text[place : place + EXCERPT]) >= WORDED]
    return max(worded or whole, key=lambda place: float(np.var(mark_N[place : place + EXCERPT])))


def _words(text: str) -> float:
    """Share of letters and digits."""
    return sum(map(str.isalnum, text)) / len(text)


def _shades(memory_N: np.ndarray) -> np.ndarray:
    """From -5 to 5: distance from the mean, where most of what there is has a shade of its own."""
    away_N = memory_N - memory_N.mean()
    reach = float(np.quantile(np.abs(away_N), 0.95)) or 1.0
    shades: np.ndarray = np.clip(np.round(SHADES * away_N / reach), -SHADES, SHADES).astype(int)
    return shades
