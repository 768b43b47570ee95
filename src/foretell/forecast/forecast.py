"""A forecast: one distribution per series and future bar, in the units of the input."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from foretell.errors import UsageError
from foretell.forecast.quantiles import QuantileCurve
from foretell.series import Sequence, stamp

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Forecast", "Outlook", "quantile_names"]

UTC_TIME = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Outlook:
    """The forecast of one series.

    Attributes
    ----------
    series : str
    origin : int
        Open time of the last bar known, in seconds since 1970.
    time_H : list of int
        Open times of the bars forecast.
    q_HK : ndarray of float64, shape (H, K)
        Quantiles in target space.
    log : bool
        Whether target space is the log of the unit.
    recent : Sequence
        The last bars up to the origin, for the chart.
    """

    series: str
    origin: int
    time_H: list[int]
    q_HK: np.ndarray
    log: bool
    recent: Sequence


class Forecast:
    """Distributions of the next bars.

    Parameters
    ----------
    outlooks : list of Outlook
        One a series.
    levels_K : ndarray of float64
        Quantile levels.
    """

    def __init__(self, outlooks: Rows[Outlook], levels_K: np.ndarray) -> None:
        self.outlooks = tuple(outlooks)
        self.levels = tuple(float(level) for level in levels_K)

    @cached_property
    def _curves(self) -> list[list[QuantileCurve]]:
        levels_K = np.array(self.levels)
        return [
            [QuantileCurve(levels_K, q_K, log=each.log) for q_K in each.q_HK]
            for each in self.outlooks
        ]

    @property
    def horizon(self) -> int:
        """Bars ahead."""
        return len(self.outlooks[0].time_H)

    def to_frame(self) -> pl.DataFrame:
        """All quantiles as a table.

        Returns
        -------
        polars.DataFrame
            ``series, origin, horizon, time, mean, q0.05, ...``, one row a series and horizon, in
            the units of the input. ``origin`` is the open time of the last bar known, ``time``
            that of the bar forecast.
        """
        names = quantile_names(self.levels)
        columns: dict[str, list[Any]] = {"mean": []} | {name: [] for name in names}
        for each, curves in zip(self.outlooks, self._curves, strict=True):
            q_HK = np.exp(each.q_HK) if each.log else each.q_HK
            columns["mean"] += [curve.mean() for curve in curves]
            for name, q_H in zip(names, q_HK.T, strict=True):
                columns[name] += q_H.tolist()
        return self._index().with_columns(**{k: pl.Series(v) for k, v in columns.items()})

    def interval(self, coverage: float = 0.8) -> pl.DataFrame:
        """Central band that holds the target with a given probability.

        Parameters
        ----------
        coverage : float
            Between 0 and 1.

        Returns
        -------
        polars.DataFrame
            ``series, origin, horizon, time, lower, upper``.
        """
        if not 0.0 < coverage < 1.0:
            message = f"coverage is {coverage}; give a probability between 0 and 1, such as 0.8"
            raise UsageError(message)
        tail = (1.0 - coverage) / 2.0
        return self._index().with_columns(
            lower=pl.Series([c.quantile(tail) for each in self._curves for c in each]),
            upper=pl.Series([c.quantile(1.0 - tail) for each in self._curves for c in each]),
        )

    def probability(
        self, *, above: float | None = None, below: float | None = None
    ) -> pl.DataFrame:
        """Probability that the target ends above a value, below one, or between two.

        Parameters
        ----------
        above, below : float
            In the units of the input; at least one. With both, the probability that the target
            is above the one and below the other.

        Returns
        -------
        polars.DataFrame
            ``series, origin, horizon, time, probability``.
        """
        if above is None and below is None:
            message = "no value given; call probability(above=...) or probability(below=...)"
            raise UsageError(message)

        def of(curve: QuantileCurve) -> float:
            upper = 1.0 if below is None else curve.cdf(below)
            lower = 0.0 if above is None else curve.cdf(above)
            return max(upper - lower, 0.0)

        return self._index().with_columns(
            probability=pl.Series([of(curve) for each in self._curves for curve in each])
        )

    def plot(self, series: str | None = None, *, dark: bool | None = None) -> go.Figure:
        """Draw recent bars and the fan of 50, 80 and 90% bands.

        Parameters
        ----------
        series : str, optional
            Which series; by default the first.
        dark : bool, optional
            Colours for a dark page; by default those for a light one.

        Returns
        -------
        plotly.graph_objects.Figure
        """
        from foretell.forecast.chart import fan

        return fan(self, self._find(series), dark=bool(dark))

    def curves(self, series: str) -> list[QuantileCurve]:
        """The distribution at each horizon of one series."""
        return self._curves[self.outlooks.index(self._find(series))]

    def __repr__(self) -> str:
        lines = []
        for each, curves in zip(self.outlooks, self._curves, strict=True):
            low, mid, high = (curves[-1].quantile(level) for level in (0.1, 0.5, 0.9))
            lines.append(
                f"{each.series}: {self.horizon} bars after {stamp(each.origin)}; on "
                f"{stamp(each.time_H[-1])} {mid:,.6g}, 80% within {low:,.6g} to {high:,.6g}"
            )
        return "<Forecast " + "\n          ".join(lines) + ">"

    def _repr_html_(self) -> str:
        """Table for a notebook."""
        bands = self.interval(0.8).join(
            self.to_frame().select("series", "horizon", "q0.5", "mean"), on=["series", "horizon"]
        )
        table = bands.select("series", "time", median="q0.5", low80="lower", high80="upper",
                             mean="mean")  # fmt: skip
        with pl.Config(tbl_rows=-1):
            html: str = table._repr_html_()
        return html

    def _find(self, series: str | None) -> Outlook:
        if series is None:
            return self.outlooks[0]
        for each in self.outlooks:
            if each.series == series:
                return each
        names = ", ".join(each.series for each in self.outlooks)
        message = f"no series {series!r} in this forecast; it has {names}"
        raise UsageError(message)

    def _index(self) -> pl.DataFrame:
        rows = [
            (each.series, each.origin * 1_000_000, step, time * 1_000_000)
            for each in self.outlooks
            for step, time in enumerate(each.time_H, start=1)
        ]
        schema: dict[str, Any] = {
            "series": pl.String,
            "origin": UTC_TIME,
            "horizon": pl.Int64,
            "time": UTC_TIME,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")


def quantile_names(levels: Rows[float]) -> list[str]:
    """Column names of quantiles: ``q0.05`` and so on."""
    return [f"q{level:g}" for level in levels]
