"""Calibration is on where it helps on the training span, and off where it does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster
from foretell.errors import UsageError
from foretell.forecast.trial import DEAREST, CalibrationTrial
from foretell.series import sequences


def coin(volatility_T: np.ndarray, seed: int = 0) -> pl.DataFrame:
    """Daily closes of a random walk."""
    steps = np.random.default_rng(seed).normal(0.0, 1.0, len(volatility_T)) * volatility_T
    start = pl.datetime(2020, 1, 1)
    return pl.DataFrame({"close": 100.0 * np.exp(np.cumsum(steps))}).select(
        time=start + pl.duration(days=pl.int_range(len(steps))), close="close"
    )


@pytest.mark.parametrize(
    ("before", "after", "change", "helps"),
    [
        (0.05, 0.01, 0.0, True),
        (0.05, 0.01, DEAREST, False),
        (0.01, 0.02, -0.01, False),
        (0.02, 0.02, 0.0, False),
    ],
)
def test_what_helps(before: float, after: float, change: float, helps: bool) -> None:
    assert CalibrationTrial(before, after, change).helps is helps


def test_bands_that_fit_badly_are_calibrated(tiny: dict[str, Any]) -> None:
    """Volatility that jumps up and down faster than the anchor can follow it."""
    frame = coin(np.where(np.arange(1_500) < 1_300, 0.02, 0.002))
    model = Forecaster(**tiny).fit(frame)
    about = model.about["calibration"]
    assert about["on"]
    assert about["calibrated_coverage_error"] < about["coverage_error"]


@pytest.mark.parametrize("wanted", [True, False])
def test_the_user_decides(tiny: dict[str, Any], candles: pl.DataFrame, wanted: bool) -> None:
    model = Forecaster(**tiny, calibrate=wanted).fit(candles)
    assert model.about["calibration"]["on"] is wanted
    (trace,) = model.trace(sequences(candles), int(candles["time"][-40].timestamp()))
    if wanted:
        assert trace.raw_THK is not None
        assert (trace.raw_THK != trace.q_THK).any()
    else:
        assert trace.raw_THK is None


def test_calibration_is_part_of_the_saved_model_and_of_updates(
    tiny: dict[str, Any], candles: pl.DataFrame, tmp_path: Any
) -> None:
    model = Forecaster(**tiny, calibrate=True).fit(candles[:200])
    model.predict(candles[:280])
    model.save(tmp_path / "m.st")
    loaded = Forecaster.load(tmp_path / "m.st")
    for row in candles[280:].to_dicts():
        last = loaded.update(row)
    whole = model.predict(candles).outlooks[0].q_HK
    np.testing.assert_array_equal(last.outlooks[0].q_HK, whole)
    plain = Forecaster(**tiny, calibrate=False).fit(candles[:200]).predict(candles)
    assert (whole != plain.outlooks[0].q_HK).any()


def test_calibrate_is_checked() -> None:
    with pytest.raises(UsageError, match="calibrate is 'yes'"):
        Forecaster(calibrate="yes").fit({})  # type: ignore[arg-type]


def test_a_validation_part_without_far_targets_gives_figures(tiny: dict[str, Any]) -> None:
    """After a long halt eleven bars are left, too few to know what comes fourteen ahead."""
    frame = coin(np.full(411, 0.02))
    halted = frame.with_columns(
        time=pl.when(pl.int_range(411) >= 400)
        .then(pl.col("time") + pl.duration(days=60))
        .otherwise("time")
    )
    about = Forecaster(**tiny | {"horizon": 14}).fit(halted).about["calibration"]
    assert np.isfinite([value for name, value in about.items() if name != "on"]).all()
