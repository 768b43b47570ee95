"""A `Forecaster` as pipelines that can be audited: its forecasts, and its training."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from safetensors.numpy import load_file

from foretell.forecast import Forecaster, Trace, quantile_names
from foretell.proof.outputs import Output
from foretell.proof.tape import Tape
from foretell.series import Sequence, sequences

__all__ = ["Retrained", "Weighed"]

FEWEST_BARS = 3  # that show a time step
SETTLED = 30  # bars before the first origin


@dataclass(frozen=True)
class Weighed:
    """A fitted model: inputs, anchor, network and what follows them, with fixed weights."""

    model: Forecaster
    tape: Tape

    def __call__(self, frame: pl.DataFrame) -> Output:
        """Forecast from every bar but the first of each series."""
        rows = _readable(frame)
        traces = self.model.trace(rows, min(int(row.time_T[0]) for row in rows))
        return _output(self.model, traces, self.tape, SETTLED)


@dataclass(frozen=True)
class Retrained:
    """Training on the bars before an instant, then forecasts from every bar from there on."""

    model: Forecaster
    tape: Tape
    until: int

    def fitted(self, frame: pl.DataFrame) -> Forecaster:
        """A new model with the same parameters."""
        fresh = type(self.model)(**self.model.get_params() | {"target": None})  # the frame's own
        return fresh.fit(frame, until=datetime.fromtimestamp(self.until, UTC))

    def __call__(self, frame: pl.DataFrame) -> Output:
        """Train and forecast."""
        fitted = self.fitted(frame)
        rows = [row for row in _readable(frame) if row.time_T[-1] >= self.until]
        traces = fitted.trace(rows, self.until) if rows else []
        return Output(_output(fitted, traces, self.tape, 0).frame, _learned(fitted))


def _readable(frame: pl.DataFrame) -> list[Sequence]:
    """The series that have begun."""
    target = pl.col("close" if "close" in frame.columns else "value")
    return sequences(frame.filter(target.count().over("series") >= FEWEST_BARS))


def _output(model: Forecaster, traces: Rows[Trace], tape: Tape, first: int) -> Output:
    names = [
        f"{name} at +{step}"
        for step in range(1, model.horizon + 1)
        for name in quantile_names(model.quantiles)
    ]
    parts = []
    for trace in traces:
        skipped = max(first - trace.first, 0)
        q_TC = trace.q_THK.reshape(len(trace.q_THK), -1)[skipped:]
        times = trace.sequence.time_T[trace.first + skipped :]
        parts.append(
            pl.DataFrame(q_TC, schema=names, orient="row").with_columns(
                series=pl.lit(trace.sequence.name), origin=pl.Series(times, dtype=pl.Int64)
            )
        )
    return Output.read(pl.concat(parts) if parts else pl.DataFrame(), tape)


def _learned(model: Forecaster) -> dict[str, np.ndarray]:
    """All that a model file holds but the series under way: whatever is fitted is saved."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        model.save(path)
        return {k: v for k, v in load_file(path).items() if not k.startswith("live/")}
