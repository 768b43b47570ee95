"""What a backtest found: forecasts, scores, verdict, and what trading on them would have made.

Axes: S series, N origins of one series, T instants, H horizons, K quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from foretell.forecast import Trace, means, quantile_names, targets
from foretell.proof.aspects import Aspects
from foretell.proof.certificate import Certificate
from foretell.proof.confidence_set import ConfidenceSet
from foretell.proof.evaluation import Entry
from foretell.proof.money import Money
from foretell.proof.plain import plain
from foretell.proof.verdict import Verdict

__all__ = ["Backtest"]


@dataclass(frozen=True)
class Backtest:
    """A walk forward, judged.

    Attributes
    ----------
    traces : tuple of Trace
        The forecaster's, one a series.
    levels_K : ndarray of float64, shape (K,)
    entries : tuple of Entry
        The forecaster, then its rivals.
    verdict : Verdict
    aspects : Aspects or None
        Direction and volatility, each tested alone; None where nothing is priced.
    best : ConfidenceSet or None
        Which entrants may be the best one; None where there are no more than two.
    money : Money or None
        Trading on the forecasts; None where nothing is priced.
    settings : dict
        What was asked: see `foretell.proof.walk.Plan.describe`.
    notes : tuple of str
        What rivals could not do as they should.
    certificate : Certificate or None
        Of a leak audit, where there was one.
    """

    traces: tuple[Trace, ...]
    levels_K: np.ndarray
    entries: tuple[Entry, ...]
    verdict: Verdict
    aspects: Aspects | None
    best: ConfidenceSet | None
    money: Money | None
    settings: dict[str, Any]
    notes: tuple[str, ...]
    certificate: Certificate | None

    @property
    def horizon(self) -> int:
        """Bars ahead."""
        return int(self.traces[0].q_THK.shape[1])

    @property
    def own(self) -> Entry:
        """The forecaster's scores."""
        return self.entries[0]

    @property
    def rivals(self) -> tuple[Entry, ...]:
        """Those of its rivals."""
        return self.entries[1:]

    @cached_property
    def forecasts(self) -> pl.DataFrame:
        """Every forecast with what came.

        ``series, origin, horizon, time, mean, q0.05, ..., actual`` in the units of the input;
        ``actual`` is null where it is not known yet.
        """
        return pl.concat(_table(trace, self.levels_K) for trace in self.traces)

    @cached_property
    def scores(self) -> pl.DataFrame:
        """Every score of every entrant: ``entrant, horizon, score, value, skill``.

        ``horizon`` is null for the mean over all; ``skill`` is what the forecaster saves of the
        entrant's loss (of QLIKE the difference), null for the forecaster itself and for scores
        that are no losses.
        """
        return pl.concat(_scores(self.own, each) for each in self.entries)

    def report(self, path: str | Path, command: str | None = None) -> None:
        """Write all of it as one HTML page that needs nothing else.

        Parameters
        ----------
        path : path
        command : str, optional
            That reproduces it.
        """
        from foretell.report import write_backtest

        write_backtest(self, Path(path), command)

    def to_dict(self) -> dict[str, Any]:
        """All figures, ready for strict JSON; the forecasts are left out.

        What is not known, such as a direction that nobody told, is None.
        """
        figures: dict[str, Any] = plain(self._figures)
        return figures

    @property
    def _figures(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict.to_dict(),
            "aspects": self.aspects.to_dict() if self.aspects else None,
            "entrants": [each.to_dict() for each in self.entries],
            "confidence_set": self.best.names if self.best else None,
            "money": self.money.to_dict() if self.money else None,
            "certificate": self.certificate.to_dict() if self.certificate else None,
            "settings": self.settings,
            "notes": list(self.notes),
        }


def _table(trace: Trace, levels_K: np.ndarray) -> pl.DataFrame:
    row, count, horizon = trace.sequence, *trace.q_THK.shape[:2]
    time_T = row.time_T[trace.first :]
    coming = row.frequency.following(int(row.time_T[-1]), horizon)
    all_times = np.concatenate([time_T, coming])
    ahead_TH = all_times[np.arange(count)[:, None] + np.arange(1, horizon + 1)]
    y_TH = targets(row, horizon)[trace.first :]
    in_units = np.exp if row.priced else np.asarray
    columns: dict[str, Any] = {
        "series": pl.repeat(row.name, count * horizon, eager=True),
        "origin": _stamps(np.repeat(time_T, horizon)),
        "horizon": np.tile(np.arange(1, horizon + 1), count),
        "time": _stamps(ahead_TH.ravel()),
        "mean": means(levels_K, trace.q_THK, log=row.priced).ravel(),
    }
    for name, q_TH in zip(
        quantile_names(levels_K.tolist()), np.moveaxis(trace.q_THK, -1, 0), strict=True
    ):
        columns[name] = in_units(q_TH.ravel())
    columns["actual"] = pl.Series(in_units(y_TH.ravel())).fill_nan(None)
    return pl.DataFrame(columns)


def _stamps(seconds_N: np.ndarray) -> pl.Series:
    return pl.from_epoch(pl.Series(seconds_N), time_unit="s").dt.replace_time_zone("UTC")


def _scores(own: Entry, entry: Entry) -> pl.DataFrame:
    saved = own.board.skill_against(entry.board) if entry is not own else None
    rows: Rows[dict[str, Any]] = [
        {
            "entrant": entry.name,
            "horizon": horizon,
            "score": name,
            "value": value,
            "skill": saved.get(name, horizon) if saved else None,
        }
        for name, horizon, value in entry.board.figures()
    ]
    schema = {"entrant": pl.String, "horizon": pl.Int64, "score": pl.String,
              "value": pl.Float64, "skill": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)
