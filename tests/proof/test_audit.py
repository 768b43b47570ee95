"""`ft.audit`: what it takes, what it refuses, that it repeats itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import foretell as ft
from foretell.errors import FrameError, UsageError


def momentum(frame: pl.DataFrame, shift: int = 1) -> pl.DataFrame:
    return frame.select("series", origin="time", mean=pl.col("close").shift(shift).over("series"))


def test_clean_pipeline(candles: pl.DataFrame) -> None:
    certificate = ft.audit(momentum, candles)
    assert certificate.clean
    assert certificate.subject == "momentum"
    assert certificate.forecasts == len(candles)
    assert certificate.version == ft.__version__
    reruns = sum(certificate.tried.values())
    assert str(certificate).startswith(f"Clean: {reruns} re-runs with the future changed at 10")


def test_same_seed_same_certificate(candles: pl.DataFrame) -> None:
    leaky = partial(momentum, shift=-1)
    one, again, other = (ft.audit(leaky, candles, seed=seed) for seed in (3, 3, 4))
    assert one == again
    assert one.cuts != other.cuts
    assert one.forecasts_sha256 == other.forecasts_sha256
    assert one.frame_sha256 == other.frame_sha256
    assert one.subject == "momentum"


def in_pandas(frame: pd.DataFrame, shift: int) -> pd.DataFrame:
    assert isinstance(frame, pd.DataFrame)
    return pd.DataFrame({"origin": frame.index, "mean": frame["close"].shift(shift).to_numpy()})


@pytest.mark.parametrize("shift", [1, -1])
def test_pandas(shift: int, candles: pl.DataFrame) -> None:
    given = pd.DataFrame({name: candles[name].to_list() for name in candles.columns[1:]})
    certificate = ft.audit(partial(in_pandas, shift=shift), given.set_index("time"))
    assert certificate.clean == (shift > 0)
    assert certificate.ahead == (None if shift > 0 else 1)


@pytest.mark.parametrize("shift", [1, -1])
def test_arrow_and_paths(shift: int, candles: pl.DataFrame, tmp_path: Path) -> None:
    def through_arrow(frame: pl.DataFrame) -> pa.Table:
        return momentum(frame, shift).to_arrow()

    candles.write_parquet(tmp_path / "candles.parquet")
    certificate = ft.audit(through_arrow, tmp_path / "candles.parquet")
    assert certificate.clean == (shift > 0)


def test_actual_values_are_no_forecasts(candles: pl.DataFrame) -> None:
    def scored(frame: pl.DataFrame) -> pl.DataFrame:
        return momentum(frame).with_columns(actual=frame["close"].shift(-1))

    assert ft.audit(scored, candles).clean
    assert ft.audit(scored, candles, ignore=()).findings[0].columns == ("actual",)


def test_progress_is_reported(candles: pl.DataFrame) -> None:
    told: list[Any] = []
    ft.audit(momentum, candles, cuts=2, report=lambda *step: told.append(step))
    assert told[0] == ("forecasts", 1, 18)
    assert told[-1] == ("forecasts", 18, 18)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cuts": 1}, "cuts is 1; give a whole number from 2"),
        ({"cuts": True}, "cuts is True"),
        ({"seed": -1}, "seed is -1; give a whole number from 0"),
        ({"until": "2022-06-01"}, "until is for a Forecaster"),
    ],
)
def test_arguments_that_cannot_be_meant(
    options: dict[str, Any], message: str, candles: pl.DataFrame
) -> None:
    with pytest.raises(UsageError, match=message):
        ft.audit(momentum, candles, **options)


@pytest.mark.parametrize(("until", "side"), [("2022-12-01", "from"), ("2021-01-01", "before")])
def test_until_needs_bars_on_both_sides(
    until: str, side: str, candles: pl.DataFrame, tiny: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match=f"no bar opens {side} {until}"):
        ft.audit(ft.Forecaster(**tiny), candles, until=until)


def test_pipeline_without_origins(candles: pl.DataFrame) -> None:
    with pytest.raises(FrameError, match="no column 'origin'"):
        ft.audit(lambda frame: frame, candles)
