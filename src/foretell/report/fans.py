"""Forecasts of a backtest, drawn with what came.

Axes: T origins, H horizons, K quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from datetime import UTC, datetime

import numpy as np
import plotly.graph_objects as go

from foretell.forecast import Forecast, Outlook, Trace
from foretell.report.style import AMBER
from foretell.series import stamp

__all__ = ["MOST_SERIES", "fans", "sample_origins"]

FANS = 4
FEWEST_PAST = 40  # bars before an origin; more where the forecast looks far ahead
MOST_SERIES = 20


def fans(traces: Rows[Trace], levels_K: np.ndarray) -> dict[str, list[go.Figure]]:
    """Draw fans at a few origins of the first series, at most 20 of them."""
    return {
        trace.sequence.name: [_fan(trace, levels_K, place) for place in places]
        for trace in traces[:MOST_SERIES]
        if (places := sample_origins(trace))
    }


def sample_origins(trace: Trace) -> list[int]:
    """Choose origins by rule: the middle one of each quarter of those whose targets all came.

    Returns
    -------
    list of int
        Places among the origins, in order of time; fewer than four where there are fewer.
    """
    count, horizon = trace.q_THK.shape[:2]
    whole = max(count - horizon, 0)
    return sorted({int((number + 0.5) * whole / FANS) for number in range(FANS) if whole})


def _fan(trace: Trace, levels_K: np.ndarray, place: int) -> go.Figure:
    row, horizon = trace.sequence, trace.q_THK.shape[1]
    end = trace.first + place + 1
    coming = row.head(end + horizon).tail(horizon + 1)
    outlook = Outlook(
        series=row.name,
        origin=int(coming.time_T[0]),
        time_H=coming.time_T[1:].tolist(),
        q_HK=trace.q_THK[place],
        log=row.priced,
        recent=row.head(end).tail(max(FEWEST_PAST, 2 * horizon)),
    )
    figure = Forecast([outlook], levels_K).plot()
    figure.add_scatter(
        x=[datetime.fromtimestamp(seconds, UTC) for seconds in coming.time_T.tolist()],
        y=coming.target_T, name="what came", mode="lines", line={"color": AMBER, "width": 2},
        hovertemplate="came %{y:,.6~g}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        template="none", title={"text": stamp(outlook.origin), "font": {"size": 14}},
        height=300, showlegend=False, margin={"t": 36},
    )  # fmt: skip
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True, ticklabelstandoff=4)
    return figure
