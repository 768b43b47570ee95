"""What `foretell watch` shows of a bar: a line of JSON, a sentence, or a screen."""

from __future__ import annotations

import json
from collections import deque

import numpy as np
import polars as pl
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from foretell.cli.fan import AXIS, BANDS, HEIGHT, MEDIAN, fan
from foretell.live import Entry, Outcome, Outcomes, Watched
from foretell.series import stamp

__all__ = ["Screen", "line_of", "sentence_of"]

LATE = " (late: that bar had closed)"
SHOWN = 0.8  # the band whose coverage is told
CLOSES, ROWS = 40, 8  # shown on the screen
FEWEST_ROWS, FEWEST_LINES = 3, 5  # of the table and of the fan, on a small one
FRAME = 6  # lines of the table around its rows, one for words that do not fit, and the cursor's


def line_of(watched: Watched) -> str:
    """A bar as one line of JSON."""
    entry, outcomes = watched.entry, watched.outcomes
    return json.dumps(
        {
            "time": stamp(entry.time), "close": entry.close, "seen": entry.seen,
            "made": entry.made, "late": watched.late,
            "forecast": [
                {"time": stamp(time), "quantiles": q_K}
                for time, q_K in zip(entry.times, entry.quantiles, strict=True)
            ],
            "decided": [_told(each) for each in watched.due],
            "coverage": _share(outcomes), "outcomes": outcomes.count,
        }
    )  # fmt: skip


def _told(outcome: Outcome) -> dict[str, object]:
    return {
        "origin": stamp(outcome.origin), "horizon": outcome.horizon, "median": outcome.median,
        "loss": outcome.loss, "inside": outcome.inside[SHOWN], "late": outcome.late,
    }  # fmt: skip


def _share(outcomes: Outcomes) -> float | None:
    return outcomes.coverage(SHOWN) if outcomes.count else None


def sentence_of(watched: Watched, levels: list[float]) -> str:
    """A bar as a line of text."""
    entry, (low, middle, high) = watched.entry, _next(watched.entry, levels)
    return (
        f"{stamp(entry.time)} closed at {entry.close:,.6g}; next {middle:,.6g}, "
        f"{SHOWN:.0%} within {low:,.6g} to {high:,.6g}{LATE if watched.late else ''}; "
        f"{_coverage(watched.outcomes)}"
    )


def _next(entry: Entry, levels: list[float]) -> np.ndarray:
    tail = (1.0 - SHOWN) / 2.0
    return np.interp([tail, 0.5, 1.0 - tail], levels, entry.quantiles[0])


def _coverage(outcomes: Outcomes) -> str:
    if not outcomes.count:
        return "no live forecast decided yet"
    return f"{outcomes.coverage(SHOWN):.1%} of {outcomes.count:,} live forecasts inside {SHOWN:.0%}"


class Screen:
    """The current fan, what became of the last forecasts one bar ahead, and live coverage.

    Parameters
    ----------
    title : str
    levels : list of float
        Quantile levels.
    candles : polars.DataFrame
        What is stored; columns ``time`` and ``close``.
    """

    def __init__(self, title: str, levels: list[float], candles: pl.DataFrame) -> None:
        self._title, self._levels = title, levels
        last = candles.tail(CLOSES)
        self._closes = dict(zip(last["time"].dt.epoch("s"), last["close"], strict=True))
        self._rows: deque[Watched] = deque(maxlen=ROWS)

    def add(self, watched: Watched) -> None:
        """Take in a bar."""
        self._closes[watched.entry.time] = watched.entry.close
        self._rows.append(watched)

    def drawn(self, width: int, height: int) -> RenderableType:
        """Draw what was taken in, for a terminal of so many columns and lines."""
        if not self._rows:
            return Text(f"{self._title}   waiting for the first bar", style="bold")
        last = self._rows[-1]
        self._closes = dict(sorted(self._closes.items())[-CLOSES:])
        head = Text(f"{self._title}   {sentence_of(last, self._levels)}", style="bold")
        legend = _legend(last.outcomes)
        room = height - FRAME - sum(len(each) // width + 1 for each in (head, legend))
        rows = min(max(room - HEIGHT, FEWEST_ROWS), ROWS)
        plot = fan(
            list(self._closes.values()), last.entry.q_HK, np.array(self._levels),
            max(min(room - rows, HEIGHT), FEWEST_LINES), width,
        )  # fmt: skip
        return Group(head, plot, legend, self._table(rows))

    def _table(self, rows: int) -> Table:
        table = Table(box=box.SIMPLE_HEAD)
        for heading in ("bar", "close", "forecast one bar before", f"inside {SHOWN:.0%}"):
            table.add_column(heading, justify="left" if heading == "bar" else "right")
        for watched in list(self._rows)[: -rows - 1 : -1]:
            outcome = next((each for each in watched.due if each.horizon == 1), None)
            median, inside = ("", "") if outcome is None else _judged(outcome)
            table.add_row(stamp(watched.entry.time), f"{watched.entry.close:,.6g}", median, inside)
        return table


def _legend(outcomes: Outcomes) -> Text:
    """The bands as they are drawn, and how many live forecasts each has held."""
    parts = [f"{MEDIAN} median"]
    for lower, upper, letter in reversed(BANDS):
        band = round(upper - lower, 2)
        held = f": {outcomes.held(band):,} of {outcomes.count:,}" if outcomes.count else ""
        parts.append(f"{letter} {band:.0%}{held}")
    return Text(f"{'':{AXIS}}{'   '.join(parts)}")


def _judged(outcome: Outcome) -> tuple[str, str]:
    inside = "yes" if outcome.inside[SHOWN] else "no"
    return f"{outcome.median:,.6g}", "late: not counted" if outcome.late else inside
