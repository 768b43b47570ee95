"""Charts of a track record."""

from __future__ import annotations

from html import escape
from itertools import cycle

import plotly.graph_objects as go

from foretell.proof import TrackRecord

__all__ = ["skill_by_horizon"]

COLOURS = ("#7d8597", "#4084d6")
INK, GRID, PAPER = "#3c4250", "rgba(110, 118, 135, 0.20)", "#ffffff"


def skill_by_horizon(record: TrackRecord) -> go.Figure:
    """Draw the skill against each rival over the bars ahead."""
    figure = go.Figure()
    steps = list(range(1, record.horizon + 1))
    for each, colour in zip(record.comparisons, cycle(COLOURS), strict=False):
        figure.add_scatter(
            x=steps, y=each.skill_by_horizon, name=escape(f"against {each.rival}", quote=False),
            mode="lines+markers", line={"color": colour, "width": 2},
            hovertemplate="%{y:.1%}",
        )  # fmt: skip
    axis = {"gridcolor": GRID, "zeroline": False}
    figure.update_layout(
        title={"text": "Skill by horizon"},
        font={"family": "system-ui, sans-serif", "size": 13, "color": INK},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        hovermode="x unified",
        legend={"orientation": "h", "y": -0.25, "x": 0},
        margin={"l": 10, "r": 10, "t": 48, "b": 10},
        height=320,
        xaxis=axis | {"title": {"text": "bars ahead"}},
        yaxis=axis | {"tickformat": ".1%", "side": "right"},
    )
    figure.add_hline(y=0.0, line={"color": INK, "width": 1, "dash": "dot"})
    return figure
