"""What is known in advance is the one exception to causality, and reaches no farther than it says.

`tests/properties/test_causality.py` shows that nothing else of the future matters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster, audit
from foretell.errors import FrameError
from foretell.forecast import Trace
from foretell.series import Sequence, sequences

pytestmark = pytest.mark.uncovered

HORIZON = 3  # of `tiny`
BARS = 120


@pytest.fixture
def row(covered: pl.DataFrame, fitted_covered: Forecaster) -> Sequence:
    return sequences(covered, None, fitted_covered.extra)[0].head(BARS)


def quantiles(model: Forecaster, row: Sequence) -> np.ndarray:
    (trace,) = model.trace([row], int(row.time_T[0]))
    return trace.q_THK


def altered(row: Sequence, column: str, bar: int, step: float) -> Sequence:
    value_TC = row.value_TC.copy()
    value_TC[bar, row.columns.index(column)] += step
    return replace(row, value_TC=value_TC)


@pytest.mark.parametrize("bar", [30, 63, 110])
def test_a_known_column_changes_forecasts_from_a_horizon_before_on(
    bar: int, row: Sequence, fitted_covered: Forecaster
) -> None:
    whole, other = (
        quantiles(fitted_covered, each) for each in (row, altered(row, "known:holiday", bar, 1.0))
    )
    differs_T = (whole != other).any(axis=(1, 2))
    assert not differs_T[: bar - HORIZON].any()
    assert differs_T[bar - HORIZON : bar].all()


@pytest.mark.parametrize("column", ["value", "input:humidity"])
@pytest.mark.parametrize("bar", [31, 64, 111])
def test_any_other_column_changes_forecasts_from_its_own_bar_on(
    bar: int, column: str, row: Sequence, fitted_covered: Forecaster
) -> None:
    given = replace(row, value_TC=np.nan_to_num(row.value_TC, nan=50.0))
    whole, other = (
        quantiles(fitted_covered, each) for each in (given, altered(given, column, bar, 7.0))
    )
    differs_T = (whole != other).any(axis=(1, 2))
    assert not differs_T[:bar].any()
    assert differs_T[bar]


def test_a_whole_history_is_the_same_with_and_without_its_future(
    row: Sequence, covered: pl.DataFrame, fitted_covered: Forecaster
) -> None:
    (longer,) = sequences(covered, None, fitted_covered.extra)
    assert np.array_equal(quantiles(fitted_covered, longer)[:BARS], quantiles(fitted_covered, row))


def live_and_recomputed(
    model: Forecaster, frame: pl.DataFrame, bars: int, path: Any = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The forecast after some updates, and that of the whole history."""
    count = frame["value"].count()
    unknown = {"value": None, "humidity": None}
    early = frame.with_columns(
        pl.when(pl.int_range(pl.len()) < count - bars).then(pl.col(name)).alias(name)
        for name in unknown
    ).head(count - bars + HORIZON)
    model.predict(early)
    for place in range(count - bars, count):
        if path is not None:
            model.save(path)
            model = Forecaster.load(path)
        announced = frame.row(place + HORIZON, named=True)
        bar = frame.row(place, named=True)
        live = model.update(bar, known=[{name: announced[name] for name in ("time", "holiday")}])
    return live.to_frame(), model.predict(frame).to_frame()


def test_updates_equal_the_whole_history_bit_for_bit(
    covered: pl.DataFrame, fitted_covered: Forecaster
) -> None:
    live, whole = live_and_recomputed(fitted_covered, covered, 20)
    assert live.equals(whole)


def test_updates_of_a_saved_model_too(
    covered: pl.DataFrame, fitted_covered: Forecaster, tmp_path: Any
) -> None:
    live, whole = live_and_recomputed(fitted_covered, covered, 4, tmp_path / "m.safetensors")
    assert live.equals(whole)


def test_rows_announced_in_one_go_serve_for_many_updates(
    covered: pl.DataFrame, fitted_covered: Forecaster
) -> None:
    fitted_covered.predict(covered)  # 30 rows ahead
    bar = covered.row(240, named=True) | {"value": 12.0, "humidity": None}
    assert fitted_covered.update(bar).horizon == HORIZON


def test_what_is_missing_or_does_not_fit_is_named(
    covered: pl.DataFrame, fitted_covered: Forecaster
) -> None:
    with pytest.raises(FrameError, match="series 'TEMP': holiday of the bar of 2022-01-13 02:00"):
        fitted_covered.predict(covered.head(242))
    hole = pl.col("time") != covered["time"][241]
    with pytest.raises(FrameError, match="holiday of the bar of 2022-01-13 01:00:00 is not known"):
        fitted_covered.predict(covered.filter(hole))
    fitted_covered.predict(covered.head(243))
    bar = {"time": covered["time"][240], "value": 12.0, "humidity": 50.0}
    with pytest.raises(FrameError, match="holiday of the bar of 2022-01-13 03:00:00 is not known"):
        fitted_covered.update(bar)
    announced = covered.row(243, named=True)
    with pytest.raises(
        FrameError, match=r"does not follow .* announce the row of 2022-01-13 03:00"
    ):
        fitted_covered.update(bar, known=[covered.row(244, named=True)])
    for name in ("holiday", "Holiday"):
        with pytest.raises(FrameError, match=r"was announced as .* known in advance does not"):
            fitted_covered.update(bar | {name: 0.5}, known=[announced])
    with pytest.raises(FrameError, match="the bar of 2022-01-13 was announced, and the one that"):
        fitted_covered.update(bar | {"time": covered["time"][241]}, known=[announced])
    fitted_covered.update(bar, known=[announced])  # none of these has changed anything


# -- the audit ------------------------------------------------------------------------------------


class Shifted(Forecaster):
    """A leak: one column is read a bar early."""

    column = ""

    def trace(self, rows: Any, start: int) -> list[Trace]:
        return super().trace([self._early(row) for row in rows], start)

    def _early(self, row: Sequence) -> Sequence:
        place = row.columns.index(self.column)
        value_TC = row.value_TC.copy()
        value_TC[:-1, place] = value_TC[1:, place]
        return replace(row, value_TC=value_TC)


class EarlyHumidity(Shifted):
    column = "input:humidity"


class EarlyHoliday(Shifted):
    column = "known:holiday"


Fit = Callable[[type[Forecaster]], Forecaster]


@pytest.fixture(scope="module")
def fit(covered: pl.DataFrame, tiny: dict[str, Any]) -> Fit:
    def made(kind: type[Forecaster]) -> Forecaster:
        model = kind(**tiny | {"ensemble": 1}, inputs=["humidity"], known=["holiday"])
        return model.fit(covered, until=covered["time"][180])

    return made


def test_audit_is_clean(fit: Fit, covered: pl.DataFrame) -> None:
    certificate = audit(fit(Forecaster), covered, cuts=4)
    assert certificate.clean, str(certificate)
    assert certificate.tried["forecasts: known later"] >= 4
    assert certificate.tried["training: known later"] == 1


def test_audit_of_a_history_without_rows_ahead_is_clean(fit: Fit, covered: pl.DataFrame) -> None:
    assert audit(fit(Forecaster), covered.head(240), cuts=2).clean


def test_audit_finds_an_input_that_is_read_early(fit: Fit, covered: pl.DataFrame) -> None:
    certificate = audit(fit(EarlyHumidity), covered, cuts=2)
    assert {"noise", "next bar"} <= {each.perturbation for each in certificate.findings}
    assert certificate.ahead == 1


def test_audit_finds_what_is_known_used_beyond_the_horizon(fit: Fit, covered: pl.DataFrame) -> None:
    findings = audit(fit(EarlyHoliday), covered, cuts=2).findings
    reach = {each.perturbation: each.ahead for each in findings}
    assert reach["known later"] == HORIZON + 1
