"""Drawing a forecast: recent bars, then a fan of bands around the median."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from foretell.forecast.forecast import Outlook
from foretell.series import PRICES, stamp

if TYPE_CHECKING:
    from foretell.forecast.forecast import Forecast

__all__ = ["fan"]

BANDS = (0.9, 0.8, 0.5)
SHADES = (0.16, 0.22, 0.34)
FAN = "64, 132, 214"
UP, DOWN, LINE = "#2a9d78", "#d1584f", "#7d8597"
LIGHT = {"ink": "#3c4250", "grid": "rgba(110, 118, 135, 0.20)", "paper": "#ffffff"}
DARK = {"ink": "#c3c9d6", "grid": "rgba(150, 160, 180, 0.18)", "paper": "#14171d"}


def fan(forecast: Forecast, outlook: Outlook, *, dark: bool) -> go.Figure:
    """Draw one series.

    Parameters
    ----------
    forecast : Forecast
    outlook : Outlook
        Which of its series.
    dark : bool
        Colours for a dark page.
    """
    figure = go.Figure()
    _add_past(figure, outlook)
    # The fan opens at the last value known, so that no gap is drawn where there is none.
    last = float(outlook.recent.target_T[-1])
    times = [_time(outlook.origin), *map(_time, outlook.time_H)]
    curves = forecast.curves(outlook.series)
    for band, shade in zip(BANDS, SHADES, strict=True):
        tail = (1.0 - band) / 2.0
        lower = [last, *(curve.quantile(tail) for curve in curves)]
        upper = [last, *(curve.quantile(1.0 - tail) for curve in curves)]
        _add_band(figure, times, lower, upper, f"{band:.0%} band", shade)
    median = [last, *(curve.quantile(0.5) for curve in curves)]
    figure.add_scatter(
        x=times, y=median, name="median", mode="lines",
        line={"color": f"rgb({FAN})", "width": 2}, hovertemplate="median %{y:,.6~g}<extra></extra>",
    )  # fmt: skip
    _style(figure, outlook, DARK if dark else LIGHT)
    return figure


def _add_past(figure: go.Figure, outlook: Outlook) -> None:
    recent = outlook.recent
    times = [_time(time) for time in recent.time_T.tolist()]
    values = dict(zip(recent.columns, recent.value_TC.T.tolist(), strict=True))
    if recent.priced:
        figure.add_candlestick(
            x=times, name="price", showlegend=False, **{name: values[name] for name in PRICES},
            increasing={"line": {"color": UP, "width": 1}, "fillcolor": UP},
            decreasing={"line": {"color": DOWN, "width": 1}, "fillcolor": DOWN},
        )  # fmt: skip
    else:
        figure.add_scatter(
            x=times, y=values["value"], name="value", mode="lines",
            line={"color": LINE, "width": 1.5},
        )  # fmt: skip


def _add_band(
    figure: go.Figure,
    times: list[datetime],
    lower: list[float],
    upper: list[float],
    name: str,
    shade: float,
) -> None:
    edge = {"mode": "lines", "line": {"width": 0}, "legendgroup": name}
    figure.add_scatter(
        x=times, y=lower, showlegend=False, **edge,
        hovertemplate=name + " from %{y:,.6~g}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=times, y=upper, name=name, fill="tonexty", fillcolor=f"rgba({FAN}, {shade})", **edge,
        hovertemplate=name + " to %{y:,.6~g}<extra></extra>",
    )  # fmt: skip


def _style(figure: go.Figure, outlook: Outlook, colours: dict[str, str]) -> None:
    axis = {"gridcolor": colours["grid"], "zeroline": False, "showline": False}
    name = escape(outlook.series, quote=False)  # plotly reads text as markup
    figure.update_layout(
        title={
            "text": f"{name}, forecast from {stamp(outlook.origin)} (UTC)", "font": {"size": 15},
        },
        font={"family": "system-ui, sans-serif", "size": 13, "color": colours["ink"]},
        paper_bgcolor=colours["paper"],
        plot_bgcolor=colours["paper"],
        hovermode="x unified",
        hoverlabel={"bgcolor": colours["paper"], "font": {"color": colours["ink"]}},
        legend={"orientation": "h", "y": -0.12, "x": 0},
        margin={"l": 10, "r": 10, "t": 48, "b": 10},
        height=460,
        xaxis=axis | {"rangeslider": {"visible": False}},
        yaxis=axis | {"side": "right", "tickformat": ",~r"},
    )  # fmt: skip
    figure.add_vline(x=_time(outlook.origin), line={"color": colours["grid"], "width": 1})


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
