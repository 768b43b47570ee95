"""What the commands print, write and return."""

from __future__ import annotations

import _thread
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from foretell import Forecaster
from foretell.cli.app import app
from foretell.cli.network_options import OPTIONS
from foretell.training.pupil import Pupil

Run = Callable[..., Any]


def test_samples_are_listed_with_dates_and_origin(foretell: Run) -> None:
    ran = foretell("samples")
    assert ran.code == 0
    assert "BTC-USD" in ran.out
    assert "2014-09-17" in ran.out
    assert "Binance" in ran.out


def test_samples_as_json_parse(foretell: Run) -> None:
    rows = json.loads(foretell("samples", "--json").out)
    assert len(rows) == 12
    assert {"name", "first", "last", "rows", "origin", "licence"} <= rows[0].keys()


def test_forecast_prints_table_record_and_sentence(
    foretell: Run, csv: Path, small: list[str]
) -> None:
    ran = foretell("forecast", csv, *small)
    assert ran.code == 0
    assert "coin: the 3 bars after 2020-10-26 UTC" in ran.out
    assert "Track record: 57 origins" in ran.out
    assert "random walk" in ran.out
    assert "1 to 3 bars ahead, never seen in training" in " ".join(ran.out.split())
    assert (csv.parent / "coin-forecast.html").stat().st_size > 1_000_000


def test_page_goes_where_it_is_asked_to(foretell: Run, csv: Path, small: list[str]) -> None:
    ran = foretell("forecast", csv, *small, "--html", "my.html")
    assert "page written to my.html" in ran.err
    assert [each.name for each in csv.parent.glob("*.html")] == ["my.html"]


def test_json_on_stdout_parses_while_progress_is_on_stderr(
    foretell: Run, csv: Path, small: list[str]
) -> None:
    ran = foretell("forecast", csv, *small, "--json")
    answer = json.loads(ran.out)
    assert [row["horizon"] for row in answer["forecast"]] == [1, 2, 3]
    assert answer["record"]["sentence"].startswith(("Skill", "No skill shown"))
    assert answer["model"]["data"]["series"] == ["coin"]
    assert "training on all bars" in ran.err
    assert not list(csv.parent.glob("*.html"))


def test_saved_model_gives_the_same_forecast(foretell: Run, csv: Path, small: list[str]) -> None:
    first = json.loads(foretell("forecast", csv, *small, "--json", "--save", "m.st").out)
    again = json.loads(foretell("forecast", csv, "--model", "m.st", "--json").out)
    assert first["forecast"] == again["forecast"]
    assert first["record"] == again["record"]


def test_model_has_the_cell_that_was_asked_for(foretell: Run, csv: Path, small: list[str]) -> None:
    assert foretell("train", csv, *small, "--cell", "gru", "--save", "m.st").code == 0
    assert Forecaster.load(csv.parent / "m.st").cell == "gru"
    assert foretell("forecast", csv, "--model", "m.st", "--no-html").code == 0


@pytest.mark.parametrize("command", ["forecast", "train", "backtest", "audit"])
def test_cell_can_be_chosen_in_every_command_that_trains(
    command: str, foretell: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(f"foretell.cli.{command}.run", lambda *given, **_: asked.append(str(given)))
    save = ["--save", "m.st"] if command == "train" else []
    foretell(command, "BTC-USD", "--cell", "slstm", *save)
    assert "'cell': 'slstm'" in asked[0]


def test_model_with_bars_after_its_training_is_scored_on_them(
    foretell: Run, csv: Path, small: list[str]
) -> None:
    ran = foretell("train", csv, *small, "--save", "m.st", "--until", "2020-07-01")
    assert ran.code == 0
    assert "model saved in m.st" in ran.err
    record = json.loads(foretell("forecast", csv, "--model", "m.st", "--json").out)["record"]
    assert record["first"] == "2020-07-01"


def test_model_without_a_record_says_so(foretell: Run, csv: Path, candles: Any) -> None:
    Forecaster(3, hidden_size=8, ensemble=1, steps=5).fit(candles).save(csv.parent / "bare.st")
    ran = foretell("forecast", csv, "--model", "bare.st")
    assert ran.code == 0
    assert "No track record" in ran.out
    assert "No track record" in (csv.parent / "coin-forecast.html").read_text(encoding="utf-8")


def test_defaults_that_help_names_are_those_of_a_forecaster() -> None:
    parameters = Forecaster().get_params()
    for command in typer.main.get_command(app).commands.values():
        named = {each.name: each.help for each in command.params if each.name in parameters}
        assert named.keys() in (set(), OPTIONS.keys())
        for name, text in named.items():
            assert not parameters[name] or f"[default: {parameters[name]}" in text


def test_periods_and_logs_reach_the_model(
    foretell: Run, tmp_path: Path, values: Any, small: list[str]
) -> None:
    values.write_csv(path := tmp_path / "loads.csv")
    ran = foretell(
        "train", path, *small, "--save", "m.st", "--period", "12", "--period", "24", "--log"
    )
    assert ran.code == 0
    model = Forecaster.load("m.st")
    assert (model.periods, model.log) == ((12.0, 24.0), True)
    assert {"value 12 bars before", "value 24 bars before"} <= set(model.about["paths"])
    ran = foretell("forecast", path, "--model", "m.st", "--period", "12")
    assert ran.code == 2
    assert "--period cannot change" in ran.err


@pytest.mark.parametrize("period", ["1", "nan", "-7"])
def test_period_that_cannot_be_meant_is_refused(foretell: Run, csv: Path, period: str) -> None:
    ran = foretell("forecast", csv, "--period", period)
    assert ran.code == 2
    assert "give bars in each season, 2 or more, such as [24, 168]" in " ".join(ran.err.split())


def test_nothing_is_coloured_without_a_terminal(foretell: Run) -> None:
    assert "\x1b[" not in foretell("samples").out


def test_no_color_is_honoured_on_a_terminal(
    foretell: Run, csv: Path, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    ran = foretell("forecast", csv, *small, "--no-html")
    assert "\x1b[1;33m" in ran.out or "\x1b[1;32m" in ran.out
    monkeypatch.setenv("NO_COLOR", "1")
    ran = foretell("forecast", csv, *small, "--no-html")
    assert "\x1b[1;3" not in ran.out.replace("\x1b[1;3m", "")
    assert "[33m" not in ran.out
    assert "[32m" not in ran.out


def test_ctrl_c_keeps_the_best_weights_and_exits_with_130(
    foretell: Run, csv: Path, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell, pressed = Pupil._tell, []

    def interrupt(self: Any, *arguments: Any) -> None:
        tell(self, *arguments)
        if not pressed:  # a second one, while the first is answered, would end everything
            pressed.append(True)
            _thread.interrupt_main()

    monkeypatch.setattr(Pupil, "_tell", interrupt)
    ran = foretell("train", csv, *small, "--save", "m.st")
    assert ran.code == 130
    assert "the best weights so far are in m.st" in ran.err
    assert "Traceback" not in ran.err
    assert Forecaster.load(csv.parent / "m.st").predict(csv).horizon == 3


def test_diverging_run_exits_with_1_and_keeps_the_last_good_weights(
    foretell: Run, csv: Path, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pupil, "_validate", _finite_once())
    ran = foretell("train", csv, *small, "--save", "m.st")
    assert ran.code == 1
    assert "error: the loss is no longer a finite number" in ran.err
    assert Forecaster.load(csv.parent / "m.st").predict(csv).horizon == 3


def _finite_once() -> Callable[[Any], float]:
    losses = iter([1.0])
    return lambda _: next(losses, float("nan"))


def test_bar_that_is_still_open_is_left_out(
    foretell: Run, csv: Path, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_603_670_400 + 3_600  # an hour into the last bar, 2020-10-26
    monkeypatch.setattr("foretell.cli.sources.time.time", lambda: now)
    ran = foretell("forecast", csv, *small, "--json")
    assert "the bar of 2020-10-26 is still open" in ran.err
    assert json.loads(ran.out)["forecast"][0]["origin"] == "2020-10-25T00:00:00Z"


def test_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -c 'from foretell.cli.app import main; main()' samples | head -1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr
