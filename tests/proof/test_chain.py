"""A Forecaster is audited along its whole chain, and one that peeks is caught wherever it does."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import foretell as ft
from foretell.forecast import Trace
from foretell.proof.chain import Retrained, Weighed
from foretell.proof.tape import Tape
from foretell.series import Sequence, instant

UNTIL = "2022-08-01"


@pytest.mark.uncovered
@pytest.mark.parametrize("name", ["history", "uneven", "values"])
def test_forecaster_is_clean(
    name: str, small: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    certificate = ft.audit(ft.Forecaster(**small), request.getfixturevalue(name), cuts=4)
    assert certificate.findings == ()
    assert certificate.tried["training: noise"] == 1
    assert certificate.tried["forecasts: noise"] >= 4
    assert certificate.subject == "Forecaster(horizon=3)"


def test_fitted_model_is_audited_as_it_is(history: pl.DataFrame, small: dict[str, Any]) -> None:
    model = ft.Forecaster(**small).fit(history, until=UNTIL)
    before = model.predict(history).to_frame()
    certificate = ft.audit(model, history, cuts=3)
    assert certificate.clean
    assert certificate.frame_sha256 == ft.Forecaster(**small).fit(history).about["data"]["sha256"]
    assert model.about["data"]["last"] == "2022-07-31"
    assert model.predict(history).to_frame().equals(before)


def test_certificate_goes_into_the_model_file(
    history: pl.DataFrame, small: dict[str, Any], tmp_path: Path
) -> None:
    model = ft.Forecaster(**small).fit(history, until=UNTIL)
    certificate = ft.audit(model, history, cuts=2)
    model.about["audit"] = certificate.to_dict()
    model.save(tmp_path / "model.safetensors")
    loaded = ft.Forecaster.load(tmp_path / "model.safetensors")
    assert ft.Certificate.from_dict(loaded.about["audit"]) == certificate


class Peeking(ft.Forecaster):
    """Adds a little of the next move to its forecasts."""

    def trace(self, rows: Rows[Sequence], start: int) -> list[Trace]:
        """Forecast, and peek."""
        return [
            replace(trace, q_THK=trace.q_THK + 1e-6 * move(trace)[:, None, None])
            for trace in super().trace(rows, start)
        ]


def move(trace: Trace) -> np.ndarray:
    log_T = np.log(trace.sequence.target_T)
    return np.diff(log_T, append=log_T[-1:])[trace.first :]


class Greedy(ft.Forecaster):
    """Trains on everything."""

    def fit(self, frame: Any, until: Any = None, **options: Any) -> Greedy:
        """Fit without regard to the end."""
        return super().fit(frame, None, **options)


class Rescaling(ft.Forecaster):
    """Divides the volume by that of the whole frame before it trains."""

    def fit(self, frame: pl.DataFrame, until: Any = None, **options: Any) -> Rescaling:
        """Fit on volumes relative to all."""
        scaled = frame.with_columns(pl.col("volume") + 1e-3 * pl.col("volume").mean())
        return super().fit(scaled, until, **options)


def test_forecaster_that_peeks_is_caught(history: pl.DataFrame, small: dict[str, Any]) -> None:
    certificate = ft.audit(Peeking(**small), history, cuts=3)
    assert certificate.ahead == 1
    assert "by Peeking(horizon=3) sees 1 bar ahead: q0.05 at +1" in str(certificate)
    assert {found.perturbation for found in certificate.findings} >= {"next bar", "no next bar"}


def test_training_beyond_its_end_is_caught(history: pl.DataFrame, small: dict[str, Any]) -> None:
    certificate = ft.audit(Greedy(**small), history, until=UNTIL, cuts=2)
    assert str(certificate).startswith("LEAK: the training of Greedy(horizon=3) sees to the end")
    bars_after = history.filter(pl.col("time") >= pl.datetime(2022, 8, 1, time_zone="UTC"))
    assert certificate.ahead == len(bars_after)
    changed = {name for found in certificate.findings for name in found.columns}
    assert {"network/lstm.0.weight", "anchor/scale", "inputs/mean"} <= changed


def test_input_scaled_beyond_the_end_is_caught(
    history: pl.DataFrame, small: dict[str, Any]
) -> None:
    certificate = ft.audit(Rescaling(**small), history, until=UNTIL, cuts=2)
    assert None in {found.origin for found in certificate.findings}
    assert "inputs/mean" in {name for found in certificate.findings for name in found.columns}


def test_chain_gives_the_forecasts_of_a_backtest(
    history: pl.DataFrame, small: dict[str, Any]
) -> None:
    tape, start = Tape.read(history), instant(UNTIL)
    model = ft.Forecaster(**small).fit(history, until=UNTIL)
    weighed, retrained = Weighed(model, tape)(history), Retrained(model, tape, start)(history)
    later = weighed.frame.filter(pl.col("origin") >= start)
    assert later.equals(retrained.frame)
    assert not weighed.learned
    assert {"anchor/scale", "levels", "inputs/mean"} <= set(retrained.learned)
