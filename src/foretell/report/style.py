"""How every chart of a page looks. The page's script gives it the ink and paper of its own."""

from __future__ import annotations

from html import escape
from typing import Any

import plotly.graph_objects as go

__all__ = ["AMBER", "BLUE", "GREEN", "GREY", "SHADE", "axis", "named", "style"]

# Seen on light paper and on dark.
BLUE, GREY, AMBER, GREEN = "#4084d6", "#7d8597", "#e08a1e", "#2a9d78"
SHADE = "rgba(64, 132, 214, 0.20)"
INK, GRID, PAPER = "#3c4250", "rgba(110, 118, 135, 0.20)", "#ffffff"
# Above the legend, which grows upwards where it has to wrap.
TOP_LEFT = {"x": 0, "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
            "pad": {"t": 8, "l": 8}}  # fmt: skip


def style(figure: go.Figure, *, x: str, percent: str, title: str = "") -> None:
    """Lay a figure out.

    Parameters
    ----------
    figure : Figure
    x : str
        What runs along; empty for time.
    percent : str
        Format of the values, such as ``.1%``.
    title : str
        Empty where a heading of the page says it.
    """
    figure.update_layout(
        template="none",
        title={"text": title, "font": {"size": 15}} | TOP_LEFT,
        font={"family": "system-ui, sans-serif", "size": 13, "color": INK},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        hovermode="x unified",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        margin={"l": 10, "r": 10, "t": 84 if title else 12, "b": 10},
        height=320,
    )
    figure.update_xaxes(axis(title={"text": x, "standoff": 8, "font": {"size": 13}}))
    figure.update_yaxes(axis(tickformat=percent, side="right", ticklabelstandoff=6))


def axis(**more: Any) -> dict[str, Any]:
    """Axis that keeps in the background."""
    return {"gridcolor": GRID, "zeroline": False, "automargin": True} | more


def named(text: str) -> str:
    """Name as plotly shows it, which reads some tags."""
    return escape(text, quote=False)
