"""What goes to which stream: closed pipes, terminals, names that look like markup, pages."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell import Forecaster, track_record

Run = Callable[..., Any]
START = "from foretell.cli.app import main; main()"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")
STYLE = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture(scope="session")
def model(candles: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model without a record, to forecast with at once."""
    path = tmp_path_factory.mktemp("model") / "m.st"
    Forecaster(3, hidden_size=8, ensemble=1, steps=5).fit(candles).save(path)
    return path


def named(csv: Path, candles: pl.DataFrame, *names: str) -> None:
    """Write series with these names, one after the other."""
    series = [
        candles.select(series=pl.lit(name), **{c: c for c in candles.columns}) for name in names
    ]
    pl.concat(series).write_csv(csv)


# -- pipes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["samples"], ["samples", "--json"]])
def test_a_reader_that_is_gone_is_no_error(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [sys.executable, "-c", START, *arguments],
        stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writer)
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr
    assert ran.returncode == 0


def test_the_verdict_is_one_line_in_a_pipe(foretell: Run, csv: Path, small: list[str]) -> None:
    lines = foretell("forecast", csv, *small, "--no-html").out.splitlines()
    (verdict,) = [line for line in lines if line.startswith(("Skill:", "No skill shown:"))]
    assert verdict.rstrip().endswith(".")


def test_nothing_is_cut_off_in_a_pipe(foretell: Run) -> None:
    assert "…" not in foretell("samples").out


# -- terminals ---------------------------------------------------------------------------------


def on_a_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and what a terminal of 120 columns is sent."""
    ours, theirs = pty.openpty()
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-c", START, *arguments],
        stdin=theirs, stdout=theirs, stderr=theirs,
        env=kept | {"TERM": "xterm-256color", "COLUMNS": "120"} | environment,
    )  # fmt: skip
    os.close(theirs)
    sent = b""
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # on Linux the end of a terminal is an error
            break
        if not part:
            break
        sent += part
    os.close(ours)
    return process.wait(), sent.decode()


def test_a_terminal_is_sent_colours_unless_it_wants_none(csv: Path, model: Path) -> None:
    forecast = ("forecast", str(csv), "--model", str(model), "--no-html")
    code, plain = on_a_terminal(*forecast, NO_COLOR="1")
    assert code == 0
    assert "the 3 bars after" in plain
    assert not COLOUR.search(plain)


def test_a_terminal_is_sent_styles() -> None:
    """The checks of this part can fail: on a terminal there are styles."""
    assert STYLE.search(on_a_terminal("samples")[1])


def test_a_dumb_terminal_is_sent_no_styles() -> None:
    assert "\x1b" not in on_a_terminal("samples", TERM="dumb")[1]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_pipe_is_sent_no_styles(
    foretell: Run, csv: Path, model: Path, options: list[str]
) -> None:
    ran = foretell("forecast", csv, "--model", model, "--no-html", *options)
    assert ran.code == 0
    assert "\x1b" not in ran.out + ran.err


# -- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["A[/b]", "[red]X[/red]", "[link=https://example.com]Y[/link]"])
def test_a_name_like_markup_is_printed_as_it_is(
    foretell: Run, csv: Path, candles: pl.DataFrame, model: Path, name: str
) -> None:
    named(csv, candles, name)
    ran = foretell("forecast", csv, "--model", model, "--no-html")
    assert ran.code == 0
    assert f"{name}: the 3 bars after" in ran.out


def test_a_rival_like_markup_is_shown_as_it_is(
    foretell: Run, csv: Path, candles: pl.DataFrame
) -> None:
    """The names in a record come from a file."""
    model = Forecaster(3, hidden_size=8, ensemble=1, steps=5)
    record = track_record(model, candles).to_dict()
    record["comparisons"][0]["rival"] = "[red]<a href='x'>walk[/a] :smile:"
    model.fit(candles).about["record"] = record
    model.save(csv.parent / "m.st")
    ran = foretell("forecast", csv, "--model", "m.st", "--no-html")
    assert ran.out.count("[red]<a href='x'>walk[/a] :smile:") == 2


def test_an_end_like_markup_is_refused_as_a_time(
    foretell: Run, csv: Path, small: list[str]
) -> None:
    ran = foretell("train", csv, *small, "--save", "m.st", "--until", "[/x]")
    assert ran.code == 2
    assert "'[/x]' is not a time" in ran.err


def test_every_series_has_its_table(
    foretell: Run, csv: Path, candles: pl.DataFrame, model: Path
) -> None:
    named(csv, candles, "ONE", "TWO")
    out = foretell("forecast", csv, "--model", model, "--no-html").out
    assert "ONE: the 3 bars after 2020-10-26" in out
    assert "TWO: the 3 bars after 2020-10-26" in out


def test_the_table_shows_the_figures_of_the_json(foretell: Run, csv: Path, model: Path) -> None:
    rows = json.loads(foretell("forecast", csv, "--model", model, "--json").out)["forecast"]
    lines = foretell("forecast", csv, "--model", model, "--no-html").out.splitlines()
    for row in rows:
        (line,) = [each for each in lines if each.split()[:1] == [f"+{row['horizon']}"]]
        shown = [f"{row[name]:,.6g}" for name in ("q0.1", "q0.5", "q0.9", "mean")]
        cells = line.split()
        assert cells[1] == row["time"][:10]
        assert [cells[2], cells[4], cells[6], cells[7]] == shown


# -- pages -------------------------------------------------------------------------------------


def pages(csv: Path) -> list[str]:
    return sorted(each.name for each in csv.parent.glob("*.html"))


def test_no_page_is_written_where_none_is_wanted(foretell: Run, csv: Path, model: Path) -> None:
    ran = foretell("forecast", csv, "--model", model, "--no-html")
    assert ran.code == 0
    assert pages(csv) == []
    assert "page written" not in ran.err


def test_a_page_is_named_after_its_series(
    foretell: Run, csv: Path, candles: pl.DataFrame, model: Path
) -> None:
    named(csv, candles, "BTC/USD")
    assert (
        "page written to BTC-USD-forecast.html" in foretell("forecast", csv, "--model", model).err
    )
    assert pages(csv) == ["BTC-USD-forecast.html"]


@pytest.mark.parametrize("name", ["N" * 300, "\0", "../../up", "<script>alert(1)</script>"])
def test_no_series_name_leads_out_of_the_folder(
    foretell: Run, csv: Path, candles: pl.DataFrame, model: Path, name: str
) -> None:
    named(csv, candles, name)
    ran = foretell("forecast", csv, "--model", model)
    assert ran.code in (0, 2)
    assert list(csv.parent.parent.glob("*.html")) == []
    if ran.code == 0:
        assert len(pages(csv)) == 1


def test_the_page_says_how_it_was_made(foretell: Run, csv: Path, model: Path) -> None:
    foretell("forecast", "coin.csv", "--model", model, "--html", "my page.html")
    page = (csv.parent / "my page.html").read_text(encoding="utf-8")
    assert f"foretell forecast coin.csv --model {model} --html &#x27;my page.html&#x27;" in page


def test_json_and_page_go_together_where_both_are_wanted(
    foretell: Run, csv: Path, model: Path
) -> None:
    ran = foretell("forecast", csv, "--model", model, "--json", "--html", "my.html")
    assert len(json.loads(ran.out)["forecast"]) == 3
    assert pages(csv) == ["my.html"]
