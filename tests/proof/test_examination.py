"""Findings of every kind, the reach of a leak, and where the cuts are."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np
import polars as pl
import pytest

import foretell as ft
from foretell.errors import UsageError
from foretell.proof import Certificate
from foretell.proof.examination import draw_cuts
from foretell.proof.outputs import Output
from foretell.proof.tape import Tape

Pipeline = Callable[[pl.DataFrame], pl.DataFrame]


def forecast(frame: pl.DataFrame, value: pl.Expr | None = None) -> pl.DataFrame:
    value = pl.col("close") if value is None else value
    return frame.select("series", origin="time", mean=value.over("series"))


def kinds(certificate: Certificate) -> set[str]:
    return {found.kind for found in certificate.findings}


@pytest.mark.parametrize("ahead", [1, 2, 7, 30])
def test_reach_is_found(ahead: int, candles: pl.DataFrame) -> None:
    certificate = ft.audit(lambda frame: forecast(frame, pl.col("close").shift(-ahead)), candles)
    assert certificate.ahead == ahead
    assert f"sees {ahead} bar{'s' * (ahead > 1)} ahead" in str(certificate)


def test_reach_of_a_mean_over_everything_is_the_end(candles: pl.DataFrame) -> None:
    certificate = ft.audit(lambda frame: forecast(frame, pl.col("close").mean()), candles)
    assert certificate.ahead == len(candles) - 1
    assert "sees to the end of the data, 299 bars ahead" in str(certificate)


def test_reach_within_one_of_many_series(two_coins: pl.DataFrame) -> None:
    certificate = ft.audit(lambda frame: forecast(frame, pl.col("close").shift(-2)), two_coins)
    assert certificate.ahead == 2
    assert "'ONE'" in str(certificate)  # of series alike, the first by name


def test_leak_of_one_candle_is_seen_by_changing_that_candle_alone(candles: pl.DataFrame) -> None:
    certificate = ft.audit(lambda frame: forecast(frame, pl.col("volume").shift(-1)), candles)
    by_name = {found.perturbation: found for found in certificate.findings}
    for name in ("next bar", "no next bar"):
        assert by_name[name].ahead == 1
        assert by_name[name].cuts == len(certificate.cuts)
        assert by_name[name].origin == by_name[name].cut
        assert by_name[name].columns == ("mean",)


@pytest.mark.parametrize(
    "sign",
    [
        pl.col("close").shift(-1) > pl.col("close"),
        pl.col("high").shift(-1) / pl.col("close").shift(-1) > 1.01,
        pl.col("close").max() > 1e4,
        pl.col("close").min() < 50.0,
    ],
)
def test_leaks_of_a_single_bit_are_caught(sign: pl.Expr, candles: pl.DataFrame) -> None:
    def pipeline(frame: pl.DataFrame) -> pl.DataFrame:
        return forecast(frame, pl.col("close") + sign.cast(pl.Float64))

    assert kinds(ft.audit(pipeline, candles)) == {"leak"}


def test_back_fill_of_one_gap_is_caught(candles: pl.DataFrame) -> None:
    number = pl.int_range(pl.len())
    holed = candles.with_columns(funding=pl.when(number != 137).then("volume"))
    leaky = ft.audit(lambda frame: forecast(frame, pl.col("funding").backward_fill()), holed)
    assert kinds(leaky) == {"leak"}
    assert leaky.ahead == 1
    assert ft.audit(lambda frame: forecast(frame, pl.col("funding").forward_fill()), holed).clean


def test_leak_from_another_series(two_coins: pl.DataFrame) -> None:
    def pipeline(frame: pl.DataFrame) -> pl.DataFrame:
        other = frame.filter(pl.col("series") == "TWO").select(
            pl.col("time"), mean=pl.col("close").shift(-1)
        )
        one = frame.filter(pl.col("series") == "ONE").join(other, on="time", how="left")
        return one.select("series", "mean", origin="time")

    certificate = ft.audit(pipeline, two_coins)
    assert certificate.ahead == 1
    assert "one series" in {found.perturbation for found in certificate.findings}


def test_split_at_a_share_of_the_rows_is_told_from_other_leaks(candles: pl.DataFrame) -> None:
    def pipeline(frame: pl.DataFrame) -> pl.DataFrame:
        return forecast(frame, pl.col("close") * pl.len())

    certificate = ft.audit(pipeline, candles)
    assert "Only how many bars follow matters: split at a date" in str(certificate)
    assert {found.perturbation for found in certificate.findings} == {
        "nothing", "gaps", "no next bar"
    }  # fmt: skip


def test_rows_dropped_for_want_of_a_target(candles: pl.DataFrame) -> None:
    def pipeline(frame: pl.DataFrame) -> pl.DataFrame:
        return forecast(frame).filter(frame["close"].shift(-1).is_not_null())

    certificate = ft.audit(pipeline, candles)
    assert {found.perturbation for found in certificate.findings} >= {"nothing"}
    assert "it is missing when later bars are not there yet" in str(certificate)


def test_pipeline_that_is_not_deterministic_is_not_called_leaky(candles: pl.DataFrame) -> None:
    draws = count()
    certificate = ft.audit(lambda frame: forecast(frame, pl.col("close") + next(draws)), candles)
    assert kinds(certificate) == {"unstable"}
    assert certificate.tried == {}
    assert "two runs of <lambda> on the same frame differ (mean)" in str(certificate)


def test_pipeline_that_fails(candles: pl.DataFrame) -> None:
    def pipeline(frame: pl.DataFrame) -> pl.DataFrame:
        if len(frame) < 150:
            message = "too few rows"
            raise ValueError(message)
        return forecast(frame)

    certificate = ft.audit(pipeline, candles)
    assert kinds(certificate) == {"failure"}
    (found,) = certificate.findings
    assert found.perturbation == "nothing"
    assert 1 <= found.cuts < len(certificate.cuts)
    assert str(certificate).startswith("Not certified: pipeline fails when later bars are not")
    assert "ValueError: too few rows" in str(certificate)


def test_pipeline_that_reads_another_frame_is_not_certified(candles: pl.DataFrame) -> None:
    def pipeline(frame: pl.DataFrame) -> pl.DataFrame:
        times = frame.select("series", "time")
        return forecast(times.join(candles, on=["series", "time"]))

    certificate = ft.audit(pipeline, candles)
    assert kinds(certificate) == {"deaf"}
    assert "must read the frame that it is given" in str(certificate)


def test_pipeline_that_changes_its_frame_in_place(candles: pl.DataFrame) -> None:
    pd = pytest.importorskip("pandas")
    given = pd.DataFrame({name: candles[name].to_list() for name in candles.columns})

    def pipeline(frame):
        frame["close"] /= 2.0
        return frame.rename(columns={"time": "origin"})

    assert ft.audit(pipeline, given).clean
    assert given["close"].tolist() == candles["close"].to_list()


# -- cuts ------------------------------------------------------------------------------------------


def cuts_of(frame: pl.DataFrame, how_many: int, forecasts: pl.DataFrame | None = None) -> list[int]:
    tape = Tape.read(frame)
    output = Output.read(forecast(frame) if forecasts is None else forecasts, tape)
    return np.searchsorted(tape.known_N, draw_cuts(output, tape, how_many, 0)).tolist()


@pytest.mark.parametrize("how_many", [2, 3, 10, 40])
def test_cuts_cover_the_span_from_the_first_forecast_to_the_last_with_a_future(
    how_many: int, candles: pl.DataFrame
) -> None:
    rows = cuts_of(candles, how_many, forecast(candles).slice(100))
    assert len(rows) == how_many
    assert (rows[0], rows[-1]) == (100, 298)
    assert max(np.diff(rows)) <= 2 * np.ceil(197 / max(how_many - 2, 1)) + 1


def test_cuts_stand_before_gaps(candles: pl.DataFrame) -> None:
    assert 149 in cuts_of(candles.filter(pl.int_range(pl.len()) != 150), 3)


def test_forecasts_of_the_last_bar_alone_cannot_be_audited(candles: pl.DataFrame) -> None:
    with pytest.raises(UsageError, match="there is no future to change"):
        ft.audit(lambda frame: forecast(frame).tail(1), candles)
