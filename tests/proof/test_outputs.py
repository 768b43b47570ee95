"""Forecasts compared bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from foretell.errors import FrameError
from foretell.proof.outputs import Difference, Output
from foretell.proof.tape import Tape

NAN = float("nan")


@pytest.fixture
def tape(candles: pl.DataFrame) -> Tape:
    return Tape.read(candles)


@pytest.fixture
def forecasts(candles: pl.DataFrame) -> pl.DataFrame:
    return candles.select("series", origin="time", mean="close", low=pl.col("close") * 0.9)


def with_value(frame: pl.DataFrame, row: int, column: str, value: float | None) -> pl.DataFrame:
    at = pl.int_range(pl.len()) == row
    return frame.with_columns(
        pl.when(at).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )


def compare(one: Any, other: Any, tape: Tape, cut: int | None = None) -> Difference | None:
    return Output.read(one, tape).difference(Output.read(other, tape), cut)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, float(np.nextafter(1.0, 2.0)), False),
        (0.0, -0.0, False),
        (NAN, NAN, True),
        (NAN, -NAN, True),
        (None, None, True),
        (None, NAN, False),
        (None, 0.0, False),
    ],
)
def test_bits(
    one: float | None, other: float | None, same: bool, forecasts: pl.DataFrame, tape: Tape
) -> None:
    found = compare(
        with_value(forecasts, 5, "mean", one), with_value(forecasts, 5, "mean", other), tape
    )
    assert (found is None) == same
    if found is not None:
        assert (found.kind, found.columns) == ("values", ("mean",))
        assert found.origin == int(tape.time_N[5])


def test_only_what_is_known_by_the_cut_is_compared(forecasts: pl.DataFrame, tape: Tape) -> None:
    other = with_value(forecasts, 100, "low", 1.0)
    assert compare(forecasts, other, tape, int(tape.known_N[99])) is None
    assert compare(forecasts, other, tape, int(tape.known_N[100])) is not None


def test_rows_missing_and_extra(forecasts: pl.DataFrame, tape: Tape) -> None:
    fewer = forecasts.filter(pl.int_range(pl.len()) != 7)
    for one, other, kind in ((forecasts, fewer, "missing"), (fewer, forecasts, "extra")):
        found = compare(one, other, tape)
        assert found == Difference(kind, (), "SIM", int(tape.time_N[7]))
    assert compare(forecasts, forecasts.head(0), tape).kind == "missing"
    assert compare(forecasts.head(0), forecasts.head(0), tape) is None


def test_columns_missing_and_of_another_type(forecasts: pl.DataFrame, tape: Tape) -> None:
    assert compare(forecasts, forecasts.drop("low"), tape).columns == ("low",)
    as_text = forecasts.with_columns(pl.col("low").cast(pl.String))
    assert compare(forecasts, as_text, tape).columns == ("low",)


def test_order_of_rows_does_not_matter_within_series_origin_and_horizon(
    forecasts: pl.DataFrame, tape: Tape
) -> None:
    assert compare(forecasts, forecasts.reverse(), tape) is None
    long = pl.concat([forecasts.with_columns(horizon=pl.lit(step)) for step in (1, 2)])
    assert compare(long, long.sample(fraction=1.0, shuffle=True, seed=1), tape) is None
    assert compare(long, long.with_columns(horizon=3 - pl.col("horizon")), tape) is None
    other = long.with_columns(pl.col("mean") + pl.col("horizon"))
    assert compare(other, other.with_columns(horizon=3 - pl.col("horizon")), tape) is not None


def test_several_rows_of_one_origin_without_a_horizon(forecasts: pl.DataFrame, tape: Tape) -> None:
    twice = pl.concat([forecasts, forecasts.with_columns(pl.col("mean") * 2.0)])
    assert compare(twice, twice, tape) is None
    assert compare(twice, twice.head(-1), tape).kind == "missing"


def test_pandas_naive_times_and_other_names(forecasts: pl.DataFrame, tape: Tape) -> None:
    plain = pd.DataFrame({name: forecasts[name].to_list() for name in forecasts.columns})
    plain["origin"] = plain["origin"].dt.tz_localize(None)
    plain = plain.rename(columns={"origin": "cutoff", "series": "unique_id"})
    assert compare(forecasts, plain, tape) is None
    assert compare(forecasts, forecasts.drop("series"), tape) is None  # there is but one


def test_ignored_columns(forecasts: pl.DataFrame, tape: Tape) -> None:
    one, other = (
        Output.read(forecasts.with_columns(actual=pl.lit(value)), tape, ("actual",))
        for value in (1.0, 2.0)
    )
    assert one.difference(other) is None


def test_what_is_learned_is_compared_at_any_cut(forecasts: pl.DataFrame, tape: Tape) -> None:
    frame = Output.read(forecasts, tape).frame
    one, other = (Output(frame, {"w": np.zeros(2), "b": np.full(2, value)}) for value in (1.0, 2.0))
    assert one.difference(other, 0) == Difference("learned", ("b",))
    assert one.difference(Output(frame, {"w": np.zeros(2)}), 0) == Difference("learned", ("b",))
    assert one.difference(one) is None


def test_hash_follows_the_bits(forecasts: pl.DataFrame, tape: Tape) -> None:
    whole = Output.read(forecasts, tape)
    assert whole.sha256 == Output.read(forecasts.reverse(), tape).sha256
    assert whole.sha256 != Output.read(with_value(forecasts, 5, "low", -0.0), tape).sha256


@pytest.mark.parametrize(
    ("columns", "message"),
    [(["series", "mean"], "no column 'origin'"), (["series", "origin"], "holds no forecasts")],
)
def test_tables_that_are_no_forecasts(
    columns: list[str], message: str, forecasts: pl.DataFrame, tape: Tape
) -> None:
    with pytest.raises(FrameError, match=message):
        Output.read(forecasts.select(columns), tape)
