"""``--input`` and ``--known``: columns beside the target, and mistakes with them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

SMALL = ["--horizon", "3", "--hidden-size", "8", "--ensemble", "1"]
BOTH = ["--target", "load", "--known", "holiday", "--input", "humidity"]


@pytest.fixture
def shop(covered: pl.DataFrame, tmp_path: Path) -> Path:
    """The sequence with further columns as a file, by its own names."""
    path = tmp_path / "shop.csv"
    covered.drop("series").rename({"value": "load"}).write_csv(path)
    return path


def test_forecast_with_a_new_and_a_saved_model(foretell: Any, shop: Path) -> None:
    ran = foretell("forecast", shop, *SMALL, *BOTH, "--json", "--save", "m.st")
    assert ran.code == 0, ran.err
    again = foretell("forecast", shop, "--target", "load", "--model", "m.st", "--json")
    one, other = (json.loads(each.out)["forecast"] for each in (ran, again))
    assert one == other
    assert one[0]["origin"] == "2022-01-12T23:00:00Z"


def test_train_backtest_and_audit(foretell: Any, shop: Path) -> None:
    assert foretell("train", shop, *SMALL, *BOTH, "--save", "m.st").code == 0
    quick = ["--rivals", "random-walk", "--workers", "1", "--json"]
    assert foretell("backtest", shop, *SMALL, *BOTH, *quick).code == 0
    ran = foretell("audit", shop, *SMALL, *BOTH, "--cuts", "2", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["tried"]["forecasts: known later"] >= 2


def test_training_needs_no_rows_ahead_but_says_so(foretell: Any, shop: Path) -> None:
    pl.read_csv(shop).head(240).write_csv("early.csv")
    ran = foretell("train", "early.csv", *SMALL, *BOTH, "--save", "m.st")
    assert ran.code == 0, ran.err
    assert (
        "note: saved without its state (series 'early': holiday of the bar of 2022-01-13" in ran.err
    )


def test_forecast_without_rows_ahead_is_refused_before_training(foretell: Any, shop: Path) -> None:
    pl.read_csv(shop).head(242).write_csv("early.csv")
    ran = foretell("forecast", "early.csv", *SMALL, *BOTH)
    assert ran.code == 5
    assert "holiday of the bar of 2022-01-13 02:00:00 is not known" in ran.err
    assert "rehearsing" not in ran.err


def test_an_open_bar_keeps_what_is_known_of_it(foretell: Any, covered: pl.DataFrame) -> None:
    last = covered["time"].dt.epoch("s")[239]
    shift = pl.duration(seconds=int(time.time()) // 3_600 * 3_600 - last)
    covered.with_columns(pl.col("time") + shift).write_csv("now.csv")
    ran = foretell("forecast", "now.csv", *SMALL, "--known", "holiday", "--json")
    assert ran.code == 0, ran.err
    assert "is still open and is left out" in ran.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--input", "rain"], "no column 'rain'; the frame has"),
        (["--input", "load", "--known", "holiday"], "column 'load' is read already, as value"),
        (["--known", "holiday", "--input", "Holiday"], "'holiday' is read already, as input:"),
        (["--known", "word"], "row 0: word is 'a', which is not a number"),
        (["--known", "time"], "column 'time' is read already, as time"),
    ],
)
def test_mistakes(foretell: Any, shop: Path, options: list[str], says: str) -> None:
    pl.read_csv(shop).with_columns(word=pl.lit("a")).write_csv(shop)
    ran = foretell("forecast", shop, *SMALL, "--target", "load", *options)
    assert ran.code == 5
    assert says in ran.err
    assert len(ran.err.splitlines()) == 1


def test_columns_of_a_trained_model_cannot_be_changed(foretell: Any, shop: Path) -> None:
    ran = foretell("forecast", shop, "--model", "m.st", "--input", "humidity", "--known", "holiday")
    assert ran.code == 2
    assert "--input, --known cannot change m.st" in ran.err
