"""The part of the memory page about gates over the user's series."""

from __future__ import annotations

from html import escape

import numpy as np

from foretell.memory import Gates
from foretell.report import memory_figures as draw
from foretell.report.markup import embed, table, template
from foretell.series import Frequency, stamp

__all__ = ["gates_section"]

FOLLOWS = 0.2  # a correlation that is worth a word
BEGIN_ALIKE = ("lstm", "slstm")  # with a bias of 1 in the forget gate
BEGINNING = draw.BEGINNING
NEAR = 0.1
SPANS = ((31_557_600, "years"), (86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))


def gates_section(gates: Gates | None, cell: str) -> str:
    """Write it; a sentence where there are no gates."""
    if gates is None:
        return (
            f"<p>The model's cell is of kind {escape(cell)}, which has no gates: nothing says how "
            "much is kept. With <code>--cell lstm</code>, <code>gru</code> or <code>slstm</code> "
            "the gates are shown here.</p>"
        )
    bars = gates.times_forgetting()
    seen = draw.window(gates)
    return template("memory_gates.html").substitute(
        units=len(gates.length_U),
        window=len(gates.row.time_T[seen]),
        forgot_at=escape(stamp(int(gates.row.time_T[bars[0]]))),
        maps=embed(draw.gate_maps(gates)),
        moves=escape(_moves(gates)),
        times=table(*_times(gates, bars)),
        some=embed(draw.some_units(gates)),
        lengths=embed(draw.memory_lengths(gates)),
        lengths_said=escape(_lengths(gates)),
    )


def _moves(gates: Gates) -> str:
    follows = gates.follows_moves()
    how = "more is forgotten at large moves" if follows > FOLLOWS else "it is not moves that decide"
    return (
        f"Over all {len(gates.row):,} bars, the share forgotten goes with the size of the move "
        f"with a correlation of {follows:.2f}: {how}. These are the bars at which it forgot most:"
    )


def _times(gates: Gates, bars: list[int]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    value_T = gates.row.target_T
    kept_T, written_T = gates.kept_TU.mean(axis=1), gates.written_TU.mean(axis=1)
    rows = [
        (
            stamp(int(gates.row.time_T[bar])),
            f"{value_T[bar]:,.6g}",
            _change(float(value_T[bar - 1]), float(value_T[bar]), priced=gates.row.priced),
            f"{1.0 - kept_T[bar]:.0%}",
            f"{written_T[bar]:.0%}",
        )
        for bar in bars
    ]
    usual = (
        "median of all bars",
        "",
        "",
        f"{1 - np.median(kept_T):.0%}",
        f"{np.median(written_T):.0%}",
    )
    what = "close" if gates.row.priced else "value"
    return ("bar", what, "change", "forgotten", "written"), [*rows, usual]


def _change(before: float, after: float, *, priced: bool) -> str:
    return f"{after / before - 1.0:+.1%}" if priced else f"{after - before:+.4g}"


def _lengths(gates: Gates) -> str:
    """The range in bars and in time."""
    length_U, frequency = gates.length_U, gates.row.frequency
    low, middle, high = (float(np.quantile(length_U, q, method="lower")) for q in (0.0, 0.5, 1.0))
    said = (
        f"From {_bars(low, frequency)} to {_bars(high, frequency)}; half of the units remember "
        f"less than {_bars(middle, frequency)}."
    )
    if gates.cell in BEGIN_ALIKE:
        near = int((np.abs(length_U / BEGINNING - 1.0) < NEAR).sum())
        said += (
            f" The dotted line is where training begins, a forget gate of 0.73; {near} of "
            f"{len(length_U)} units are still within a tenth of it."
        )
    if gates.row.priced:
        said += (
            " The inputs already carry averages of volatility over weeks and months, which the "
            "units then need not remember themselves."
        )
    return said


def _bars(length: float, frequency: Frequency) -> str:
    """Such as ``12.3 bars (12 days)``."""
    if not np.isfinite(length):
        return "longer than the series"
    return f"{length:.1f} bars ({_span(length, frequency)})"


def _span(length: float, frequency: Frequency) -> str:
    if frequency.months:
        return f"{length * frequency.months:.1f} months"
    if len(frequency.weekdays) < 7:
        return f"{length:.1f} days of trading"
    seconds = length * frequency.seconds
    size, unit = next((each for each in SPANS if seconds >= 2 * each[0]), SPANS[-1])
    return f"{seconds / size:.1f} {unit}"
