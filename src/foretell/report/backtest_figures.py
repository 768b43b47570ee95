"""Charts of a backtest.

Axes: T instants, H horizons, B bins.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from foretell.proof import Curve, SkillBand, Trading
from foretell.report.style import AMBER, BLUE, GREEN, GREY, SHADE, named, style

__all__ = ["MOST_POINTS", "coverage", "equity", "pit", "running_gain", "skill", "thinned"]

MOST_POINTS = 2_000
MOST_TICKS = 7
LINE = {"color": GREY, "width": 1, "dash": "dot"}


def thinned(count: int, *keep: int) -> np.ndarray:
    """Places of at most 2,000 of `count` points, evenly spaced, with both ends and some more."""
    if count <= MOST_POINTS:
        return np.arange(count)
    even = np.linspace(0, count - 1, MOST_POINTS - len(keep)).round().astype(int)
    places: np.ndarray = np.union1d(even, np.array(keep, dtype=int))
    return places


def skill(band: SkillBand, rival: str) -> go.Figure:
    """Draw the skill by horizon with its confidence band."""
    figure = go.Figure()
    steps = list(range(1, len(band.skill_H) + 1))
    edge = {"mode": "lines", "line": {"width": 0}, "showlegend": False}
    figure.add_scatter(
        x=steps, y=band.lower_H, hovertemplate="from %{y:.1%}<extra></extra>", **edge
    )
    figure.add_scatter(
        x=steps, y=band.upper_H, fill="tonexty", fillcolor=SHADE, name="95% confidence",
        hovertemplate="to %{y:.1%}<extra></extra>", **edge | {"showlegend": True},
    )  # fmt: skip
    figure.add_scatter(
        x=steps, y=band.skill_H, name=f"skill against {named(rival)}", mode="lines+markers",
        line={"color": BLUE, "width": 2}, hovertemplate="skill %{y:.1%}<extra></extra>",
    )  # fmt: skip
    _over_horizons(figure, len(steps), ".1%")
    figure.add_hline(y=0.0, line=LINE)
    return figure


def running_gain(time_T: np.ndarray, gain_T: np.ndarray, rival: str) -> go.Figure:
    """Draw what was saved of a rival's loss up to every instant."""
    kept = thinned(len(time_T))
    figure = go.Figure()
    figure.add_scatter(
        x=_times(time_T[kept]), y=gain_T[kept], name=f"saved of the loss of {named(rival)}",
        mode="lines", line={"color": BLUE, "width": 1.5}, fill="tozeroy", fillcolor=SHADE,
        hovertemplate="%{y:.2%}<extra></extra>",
    )  # fmt: skip
    style(figure, x="", percent=".1%")
    figure.add_hline(y=0.0, line=LINE)
    return figure


def pit(share_HB: np.ndarray, names: list[str]) -> go.Figure:
    """Draw histograms of the probability integral transform, one row each."""
    figure = go.Figure()
    count = share_HB.shape[1]
    middle_B = 100.0 * (np.arange(count) + 0.5) / count
    for share_B, name, colour in zip(share_HB, names, (BLUE, GREEN, AMBER), strict=False):
        figure.add_bar(
            x=middle_B, y=share_B, name=name, marker={"color": colour},
            hovertemplate="%{y:.1%}",
        )  # fmt: skip
    style(figure, x="percentile of the forecast", percent=".0%")
    figure.update_xaxes(ticksuffix="%", tick0=10, dtick=20, range=[0, 100])
    figure.update_layout(bargap=0.25, bargroupgap=0.05)
    figure.add_hline(y=1.0 / count, line=LINE | {"width": 1.5})
    return figure


def coverage(
    held: dict[str, list[float]], raw: dict[str, list[float]] | None, tolerance: float
) -> go.Figure:
    """Draw the share of targets inside each band by horizon, beside what it should be."""
    figure = go.Figure()
    steps = list(range(1, len(next(iter(held.values()))) + 1))
    for (band, share_H), colour in zip(held.items(), (AMBER, GREEN, BLUE), strict=False):
        nominal = float(band)
        figure.add_hrect(
            y0=nominal - tolerance, y1=nominal + tolerance, line={"width": 0},
            fillcolor="rgba(125, 135, 151, 0.16)", layer="below",
        )  # fmt: skip
        figure.add_hline(y=nominal, line=LINE, layer="below")
        figure.add_scatter(
            x=steps, y=share_H, name=f"{nominal:.0%} band", mode="lines+markers",
            line={"color": colour, "width": 2}, marker={"size": 5}, hovertemplate="%{y:.1%}",
        )  # fmt: skip
        if raw is not None:
            figure.add_scatter(
                x=steps, y=raw[band], name=f"{nominal:.0%} band, not calibrated", mode="lines",
                line={"color": colour, "width": 1.5, "dash": "dash"}, showlegend=False,
                hovertemplate="%{y:.1%}",
            )  # fmt: skip
    _over_horizons(figure, len(steps), ".0%")
    figure.update_layout(height=380)
    return figure


def equity(trading: Trading) -> go.Figure:
    """Draw the equity of a rule beside buying and holding, and how far each fell."""
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.66, 0.34], vertical_spacing=0.07
    )
    lines = ((trading.rule, trading.strategy, BLUE), ("buy and hold", trading.hold, GREY))
    for name, curve, colour in lines:
        _add_equity(figure, named(name), curve, colour)
    style(figure, x="", percent=".0%")
    figure.update_yaxes(tickformat=",.2~f", row=1, col=1)
    figure.update_layout(height=460)
    return figure


def _add_equity(figure: go.Figure, name: str, curve: Curve, colour: str) -> None:
    fall_T = curve.equity_T / np.maximum.accumulate(curve.equity_T) - 1.0
    kept = thinned(len(fall_T), int(fall_T.argmin()), int(curve.equity_T.argmax()))
    line = {
        "x": _times(curve.time_T[kept]),
        "mode": "lines",
        "line": {"color": colour, "width": 1.5},
    }
    figure.add_scatter(
        y=curve.equity_T[kept], name=name, hovertemplate="%{y:,.3f}", row=1, col=1, **line
    )
    figure.add_scatter(
        y=fall_T[kept], name=f"{name}, below its peak", showlegend=False,
        hovertemplate="%{y:.1%}", row=2, col=1, **line,
    )  # fmt: skip


def _over_horizons(figure: go.Figure, horizon: int, percent: str) -> None:
    """Lay out a figure over the bars ahead, of which there are only whole ones."""
    style(figure, x="bars ahead", percent=percent)
    figure.update_xaxes(dtick=max(1, round(horizon / MOST_TICKS)))


def _times(time_T: np.ndarray) -> list[datetime]:
    return [datetime.fromtimestamp(seconds, UTC) for seconds in time_T.tolist()]
