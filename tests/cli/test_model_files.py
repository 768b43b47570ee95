"""Models that do not fit, or that were damaged where a checksum would not see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster, track_record

Run = Callable[..., Any]

# Parts of the card in a model file, each with another word of the same length.
DAMAGED = {
    "format": "formut",
    "parameters": "parametars",
    "quantiles": "quantilez",
    "horizon": "horizoo",
    "layout": "layuot",
    "anchor": "anchur",
    "levels": "levuls",
    "about": "abuot",
    "frequency": "frequenzy",
    "last": "lost",
    "comparisons": "comparizons",
    "coverage_by_horizon": "coverage_by_horizoo",
    "inputs/mean": "inputs/maen",
    "network/head.weight": "network/head.wieght",
}


@pytest.fixture(scope="session")
def model_bytes(candles: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A model with its record."""
    path = tmp_path_factory.mktemp("model") / "m.st"
    model = Forecaster(3, hidden_size=8, ensemble=1, steps=5)
    record = track_record(model, candles)
    model.fit(candles)
    model.about["record"] = record.to_dict()
    model.save(path)
    return path.read_bytes()


def forecast_with(foretell: Run, csv: Path, content: bytes, *options: str) -> Any:
    (csv.parent / "m.st").write_bytes(content)
    return foretell("forecast", csv, "--model", "m.st", "--no-html", *options)


def refused(ran: Any, *says: str) -> None:
    assert "Traceback" not in ran.err
    assert (ran.code, ran.out) == (5, "")
    for part in says:
        assert part in ran.err


def test_the_model_that_is_damaged_below_is_good(
    foretell: Run, csv: Path, model_bytes: bytes
) -> None:
    assert forecast_with(foretell, csv, model_bytes).code == 0


@pytest.mark.parametrize("word", DAMAGED)
def test_a_damaged_card_is_refused(foretell: Run, csv: Path, model_bytes: bytes, word: str) -> None:
    damaged = model_bytes
    for quote in (b'"', b'\\"'):
        old, new = (quote + each.encode() + quote for each in (word, DAMAGED[word]))
        damaged = damaged.replace(old, new)
    assert damaged != model_bytes
    refused(forecast_with(foretell, csv, damaged), "save")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(
    foretell: Run, csv: Path, model_bytes: bytes, share: float
) -> None:
    cut = model_bytes[: int(share * len(model_bytes))]
    refused(forecast_with(foretell, csv, cut), "'m.st'", "save it again")


def test_a_model_of_another_step_is_refused(
    foretell: Run, csv: Path, candles: pl.DataFrame, model_bytes: bytes
) -> None:
    hourly = pl.datetime(2021, 1, 1) + (pl.col("time") - pl.col("time").min()) / 24
    candles.with_columns(time=hourly).write_csv(csv)
    refused(forecast_with(foretell, csv, model_bytes), "every 1h", "every 1d")


def test_a_model_of_other_columns_is_refused(
    foretell: Run, csv: Path, candles: pl.DataFrame, model_bytes: bytes
) -> None:
    candles.drop("volume").write_csv(csv)
    refused(forecast_with(foretell, csv, model_bytes), "'coin' has open, high, low, close every")


def test_a_model_says_how_many_bars_it_needs_where_it_cannot_be_scored(
    foretell: Run, csv: Path, candles: pl.DataFrame, model_bytes: bytes
) -> None:
    """A short history is enough for a forecast, whose record is then that of the file."""
    candles.tail(10).write_csv(csv)
    ran = forecast_with(foretell, csv, model_bytes)
    assert ran.code == 0, ran.err
    assert "Track record: 57 origins" in ran.out


def test_a_model_forecasts_its_own_target_or_the_one_that_is_named(
    foretell: Run, small: list[str], tmp_path: Path
) -> None:
    rng = np.random.default_rng(3)
    walk = 50.0 + np.cumsum(rng.normal(size=(240, 2)), axis=0)
    times = pl.datetime_range(pl.datetime(2020, 1, 1), pl.datetime(2020, 8, 27), "1d", eager=True)
    frame = pl.DataFrame({"time": times, "low": walk[:, 0], "high": walk[:, 1] + 900.0})
    frame.write_csv(tmp_path / "both.csv")
    frame.rename({"low": "least"}).write_csv(tmp_path / "renamed.csv")
    ran = foretell("train", "both.csv", *small, "--target", "low", "--save", "m.st")
    assert ran.code == 0, ran.err

    def medians(*arguments: str) -> list[float]:
        ran = foretell("forecast", *arguments, "--model", "m.st", "--json")
        assert ran.code == 0, ran.err
        return [row["q0.5"] for row in json.loads(ran.out)["forecast"]]

    own = medians("both.csv")
    assert max(own) < 500.0
    assert medians("both.csv", "--target", "low") == own
    assert medians("renamed.csv", "--target", "least") == own
    assert min(medians("both.csv", "--target", "high")) > 500.0
    ran = foretell("forecast", "renamed.csv", "--model", "m.st")
    assert ran.code == 5
    assert "'low'" in ran.err
