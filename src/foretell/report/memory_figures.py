"""Charts of what a network remembers.

Axes: T bars, U units, K lags.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from foretell.memory import BLIND, NAMES, SOLVED, Gates
from foretell.report.style import AMBER, BLUE, GREEN, GREY, style

if TYPE_CHECKING:
    from foretell.memory.contest import Contest

__all__ = [
    "errors",
    "gate_maps",
    "gradient_after",
    "gradient_before",
    "learning",
    "memory_lengths",
    "some_units",
    "window",
]

COLOURS = {"rnn": AMBER, "gru": GREEN, "lstm": BLUE}
LINE = {"color": GREY, "width": 1, "dash": "dot"}
LOWEST = -20  # power of ten down to which a gradient is drawn
FLOAT32 = 2.0**-24  # what is smaller beside 1 is rounded away in single precision
WINDOW = 240  # bars
BINS = 24
BEGINNING = -1.0 / log(1.0 / (1.0 + exp(-1.0)))  # bars, of a forget gate with a bias of 1


def gradient_before(contest: Contest) -> go.Figure:
    """Draw what is left of the gradient before training, by lag."""
    figure = go.Figure()
    lag_K = np.arange(1, contest.plan.lags + 1)
    for kind, name in NAMES.items():
        for left_K, how, dash in (
            (contest.survivals.plain[kind], "as it comes", "solid"),
            (contest.survivals.helped[kind], "helped", "dash"),
        ):
            figure.add_scatter(
                x=lag_K, y=left_K[1:], name=f"{name}, {how}", mode="lines",
                line={"color": COLOURS[kind], "width": 2, "dash": dash},
                hovertemplate="%{y:.1e}",
            )  # fmt: skip
    _over_lags(figure)
    return figure


def gradient_after(contest: Contest) -> go.Figure:
    """Draw what is left of it after training."""
    figure = go.Figure()
    lag_K = np.arange(1, contest.plan.lags + 1)
    for kind, name in NAMES.items():
        figure.add_scatter(
            x=lag_K, y=contest.survivals.trained[kind][1:], name=name, mode="lines",
            line={"color": COLOURS[kind], "width": 2}, hovertemplate="%{y:.1e}",
        )  # fmt: skip
    _over_lags(figure)
    return figure


def _over_lags(figure: go.Figure) -> None:
    style(figure, x="steps back", percent="")
    figure.update_yaxes(
        type="log", range=[LOWEST, 0.5], dtick=4, exponentformat="power", tickformat=""
    )
    figure.add_hline(y=FLOAT32, line=LINE)
    figure.update_layout(height=400)


def errors(contest: Contest) -> go.Figure:
    """Draw the test error at every length."""
    figure = go.Figure()
    lengths = contest.plan.lengths
    for kind, name in NAMES.items():
        figure.add_scatter(
            x=[str(length) for length in lengths],
            y=[contest.of(kind, length).solution.test_error for length in lengths],
            name=name, mode="lines+markers", line={"color": COLOURS[kind], "width": 2},
            marker={"size": 8}, hovertemplate="%{y:.4f}",
        )  # fmt: skip
    _over_errors(figure, "length of the sequence")
    figure.update_xaxes(type="category")
    return figure


def learning(contest: Contest) -> go.Figure:
    """Draw the best training of each kind at the greatest length."""
    figure = go.Figure()
    check = contest.plan.budget.check
    for kind, name in NAMES.items():
        solution = contest.of(kind, contest.plan.lengths[-1]).solution
        errors = solution.attempts[solution.best].errors
        figure.add_scatter(
            x=[check * n for n in range(len(errors))], y=errors, name=name, mode="lines",
            line={"color": COLOURS[kind], "width": 2}, hovertemplate="%{y:.4f}",
        )  # fmt: skip
    _over_errors(figure, "gradient steps")
    return figure


def _over_errors(figure: go.Figure, x: str) -> None:
    style(figure, x=x, percent="")
    figure.update_yaxes(
        type="log", range=[-3.2, 0.3], tickvals=[0.001, 0.01, 0.1, 1], tickformat=",.3~f"
    )
    for level in (BLIND, SOLVED):
        figure.add_hline(y=level, line=LINE)
    figure.update_layout(height=340)


def window(gates: Gates) -> slice:
    """The bars around the one at which the units forgot most."""
    middle = gates.times_forgetting()[0]
    first = max(0, min(middle - WINDOW // 2, len(gates.row) - WINDOW))
    return slice(first, first + WINDOW)


def gate_maps(gates: Gates) -> go.Figure:
    """Draw the series, and below it what every unit wrote and forgot."""
    seen, order_U = window(gates), gates.order_U
    times = _times(gates.row.time_T[seen])
    figure = make_subplots(
        rows=3, cols=1, shared_xaxes=True, row_heights=[0.34, 0.33, 0.33], vertical_spacing=0.04
    )
    figure.add_scatter(
        x=times, y=gates.row.target_T[seen], mode="lines", showlegend=False,
        line={"color": GREY, "width": 1.5}, hovertemplate="%{y:,.6~g}<extra></extra>",
    )  # fmt: skip
    maps = (
        (2, "written", gates.written_TU, "64, 132, 214"),
        (3, "forgotten", 1.0 - gates.kept_TU, "224, 138, 30"),
    )
    for row, name, share_TU, colour in maps:
        share_UT = share_TU[seen][:, order_U].T
        figure.add_heatmap(
            x=times, z=np.round(share_UT, 3), row=row, col=1, showscale=False,
            zmin=float(np.quantile(share_UT, 0.02)), zmax=float(share_UT.max()),
            colorscale=[[0.0, f"rgba({colour}, 0.04)"], [1.0, f"rgba({colour}, 1)"]],
            hovertemplate=f"%{{z:.0%}} {name}<extra></extra>",
        )  # fmt: skip
    style(figure, x="", percent="")
    figure.update_yaxes(tickformat=",.6~g", row=1, col=1)
    for row, title in ((2, "written"), (3, "forgotten")):
        figure.update_xaxes(showgrid=False, row=row, col=1)
        figure.update_yaxes(
            showticklabels=False, showgrid=False, ticks="", title={"text": title}, row=row, col=1
        )
    figure.update_layout(height=620, hovermode="closest")
    return figure


def some_units(gates: Gates) -> go.Figure:
    """Draw what three units kept, wrote and remembered."""
    seen = window(gates)
    times = _times(gates.row.time_T[seen])
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.05)
    rows = (("kept", gates.kept_TU), ("written", gates.written_TU), ("remembered", gates.memory_TU))
    for row, (title, value_TU) in enumerate(rows, start=1):
        for (which, unit), colour in zip(gates.chosen().items(), (AMBER, GREEN, BLUE), strict=True):
            figure.add_scatter(
                x=times, y=np.round(value_TU[seen, unit], 4), mode="lines", row=row, col=1,
                name=f"unit {unit}, {which} memory", legendgroup=which, showlegend=row == 1,
                line={"color": colour, "width": 1.5}, hovertemplate="%{y:.2f}<extra></extra>",
            )  # fmt: skip
        figure.update_yaxes(title={"text": title}, row=row, col=1)
    style(figure, x="", percent="")
    for row, (title, _) in enumerate(rows, start=1):
        figure.update_yaxes(
            title={"text": title}, tickformat=".0%" if row < 3 else ".2~f", row=row, col=1
        )
    figure.update_layout(height=520)
    return figure


def memory_lengths(gates: Gates) -> go.Figure:
    """Draw how many units remember how long."""
    known_U = gates.length_U[np.isfinite(gates.length_U)]
    figure = go.Figure()
    figure.add_histogram(
        x=known_U, nbinsx=BINS, marker={"color": BLUE},
        hovertemplate="%{y} units: %{x} bars<extra></extra>",
    )  # fmt: skip
    style(figure, x="bars until 1/e is left", percent="")
    figure.update_yaxes(title={"text": "units"})
    if gates.cell in ("lstm", "slstm"):
        figure.add_vline(x=BEGINNING, line=LINE)
    figure.update_layout(bargap=0.06, hovermode="closest", height=300)
    return figure


def _times(time_T: np.ndarray) -> list[datetime]:
    return [datetime.fromtimestamp(seconds, UTC) for seconds in time_T.tolist()]
