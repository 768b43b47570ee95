"""Ctrl-C at every moment, a rehearsal that is blind, and the record that a saved model shows."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell import Forecaster

Run = Callable[..., Any]
# Presses Ctrl-C in a training, counted from 1; returns the trainings that were begun.
Interrupt = Callable[..., list[str]]


def press_ctrl_c() -> None:
    """Send the signal to the main thread, as a terminal does, and let it be read."""
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    time.sleep(0.2)


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> Interrupt:
    def arrange(training: int, *, in_last_pass: bool = False) -> list[str]:
        begun: list[str] = []

        @contextmanager
        def bar(title: str) -> Iterator[Callable[[Any], None]]:
            begun.append(title)

            def report(step: Any) -> None:
                moment = step.share == 1.0 if in_last_pass else step.done == 2
                if len(begun) == training and moment:
                    press_ctrl_c()

            yield report

        monkeypatch.setattr("foretell.cli.training.training_bar", bar)
        return begun

    return arrange


# -- Ctrl-C ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("training", "bars"), [(1, 240), (2, 300)])
def test_ctrl_c_saves_the_model_that_is_being_trained(
    foretell: Run, csv: Path, small: list[str], interrupt: Interrupt, training: int, bars: int
) -> None:
    begun = interrupt(training)
    ran = foretell("forecast", csv, *small, "--save", "m.st")
    kept = Forecaster.load(csv.parent / "m.st")
    assert (ran.code, ran.out, len(begun)) == (130, "", training)
    assert "the best weights so far are in m.st" in ran.err
    assert "interrupted" in ran.err
    assert kept.about["training"]["end"] == "interrupted"
    assert kept.about["data"]["bars"] == bars
    assert kept.predict(csv).horizon == 3


@pytest.mark.parametrize("training", [1, 2])
def test_ctrl_c_in_the_last_pass_is_not_lost(
    foretell: Run, csv: Path, small: list[str], interrupt: Interrupt, training: int
) -> None:
    begun = interrupt(training, in_last_pass=True)
    ran = foretell("forecast", csv, *small, "--save", "m.st")
    assert (ran.code, ran.out, len(begun)) == (130, "", training)
    assert (csv.parent / "m.st").is_file()


def test_ctrl_c_without_a_file_leaves_none(
    foretell: Run, csv: Path, small: list[str], interrupt: Interrupt
) -> None:
    interrupt(1)
    ran = foretell("forecast", csv, *small)
    assert (ran.code, ran.out) == (130, "")
    assert list(csv.parent.iterdir()) == [csv]


def test_ctrl_c_in_a_training_until_a_time_saves_it(
    foretell: Run, csv: Path, small: list[str], interrupt: Interrupt
) -> None:
    interrupt(1)
    ran = foretell("train", csv, *small, "--save", "m.st", "--until", "2020-07-01")
    assert ran.code == 130
    assert Forecaster.load(csv.parent / "m.st").about["data"]["last"] == "2020-06-30"


def test_ctrl_c_replaces_no_model_before_there_is_a_better_one(
    foretell: Run, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (csv.parent / "m.st").write_bytes(b"an older model")
    monkeypatch.setattr("foretell.cli.forecast.load", _pressed)
    assert foretell("forecast", csv, "--save", "m.st").code == 130
    assert (csv.parent / "m.st").read_bytes() == b"an older model"


def test_ctrl_c_outside_of_training_says_so(
    foretell: Run, csv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("foretell.cli.forecast.load", _pressed)
    ran = foretell("forecast", csv)
    assert (ran.code, ran.out) == (130, "")
    assert "interrupted" in ran.err


def _pressed(*_: Any) -> None:
    raise KeyboardInterrupt


# -- the rehearsal -----------------------------------------------------------------------------


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Forecaster, int]]:
    """Models that were scored, each with the first instant it was scored on."""
    from foretell.cli import training

    measure, scored = training.measure, []

    def spy(model: Forecaster, rows: Any, start: int) -> Any:
        scored.append((model, start))
        return measure(model, rows, start)

    monkeypatch.setattr(training, "measure", spy)
    return scored


def later_at_another_price(frame: pl.DataFrame, start: int) -> pl.DataFrame:
    later = pl.col("time").dt.epoch("s") >= start
    prices = ("open", "high", "low", "close")
    return frame.with_columns(
        pl.when(later).then(pl.col(name) * 1.5).otherwise(pl.col(name)) for name in prices
    )


def test_the_model_that_is_scored_has_not_seen_what_it_is_scored_on(
    foretell: Run,
    csv: Path,
    candles: pl.DataFrame,
    small: list[str],
    trials: list[tuple[Forecaster, int]],
) -> None:
    foretell("forecast", csv, *small, "--json")
    start = trials[0][1]
    later_at_another_price(candles, start).write_csv(csv)
    foretell("forecast", csv, *small, "--json")
    assert [each[1] for each in trials] == [start, start]
    assert bytes_of(trials[0][0], csv.parent) == bytes_of(trials[1][0], csv.parent)


def test_the_model_that_is_used_has_seen_all(
    foretell: Run, csv: Path, candles: pl.DataFrame, small: list[str]
) -> None:
    """The check above can fail: the final model does change."""
    foretell("forecast", csv, *small, "--json", "--save", "one.st")
    start = int(candles["time"][-60].timestamp())
    later_at_another_price(candles, start).write_csv(csv)
    foretell("forecast", csv, *small, "--json", "--save", "other.st")
    one, other = (Forecaster.load(csv.parent / name) for name in ("one.st", "other.st"))
    assert one.about["data"]["bars"] == other.about["data"]["bars"] == 300
    assert bytes_of(one, csv.parent) != bytes_of(other, csv.parent)


def bytes_of(model: Forecaster, folder: Path) -> bytes:
    model.save(folder / "trial.st")
    return (folder / "trial.st").read_bytes()


# -- the record of a saved model ---------------------------------------------------------------


@pytest.fixture
def until_july(foretell: Run, csv: Path, small: list[str]) -> Path:
    """A model trained before July, and scored from then on."""
    foretell("train", csv, *small, "--save", "july.st", "--until", "2020-07-01")
    return csv.parent / "july.st"


def test_a_history_that_begins_after_the_training_still_gets_a_forecast(
    foretell: Run, csv: Path, candles: pl.DataFrame, until_july: Path
) -> None:
    candles.filter(pl.col("time") >= pl.datetime(2020, 7, 3)).write_csv(csv)
    ran = foretell("forecast", csv, "--model", until_july, "--no-html")
    assert ran.code == 0, ran.err
    assert "coin: the 3 bars after 2020-10-26" in ran.out
    assert "Track record" in ran.out


def test_a_model_that_cannot_be_scored_is_kept(foretell: Run, csv: Path, small: list[str]) -> None:
    ran = foretell("train", csv, *small, "--save", "m.st", "--until", "2020-10-20")
    assert ran.code == 0 or "training on" not in ran.err


def test_a_folder_is_no_place_for_a_model(foretell: Run, csv: Path, small: list[str]) -> None:
    ran = foretell("train", csv, *small, "--save", ".")
    assert ran.code == 2
    assert "'.'" in ran.err
    assert "choose another place" in ran.err


def test_a_place_that_cannot_be_written_is_refused_before_the_training(
    foretell: Run, csv: Path, small: list[str]
) -> None:
    ran = foretell("train", csv, *small, "--save", "absent/m.st")
    assert ran.code == 2
    assert "training on" not in ran.err
