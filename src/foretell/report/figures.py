"""Charts of a track record."""

from __future__ import annotations

from html import escape
from itertools import cycle

import plotly.graph_objects as go

from foretell.proof import TrackRecord
from foretell.report.style import BLUE, GREY, style

__all__ = ["skill_by_horizon"]

COLOURS = (GREY, BLUE)


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
    style(figure, x="bars ahead", percent=".1%", title="Skill by horizon")
    figure.add_hline(y=0.0, line={"color": GREY, "width": 1, "dash": "dot"})
    return figure
