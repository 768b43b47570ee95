"""The page about memory needs nothing from outside, says what was found, and escapes its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import polars as pl
import pytest

from foretell import Forecaster
from foretell.memory import Findings, Gates, Lesson, Plan, follow, read_gates
from foretell.memory.contest import contest
from foretell.report import memory_figures
from foretell.report.memory_page import memory_page
from foretell.series import sequences

from .test_page import LOADING, Parsed

COMMAND = "foretell memory '<b>.csv'"
LINES = '  say "hello there" (quietly)\n\n<script>alert(1)</script> and "please"\n' * 300


@pytest.fixture(scope="session")
def findings(
    candles: pl.DataFrame, fitted: Forecaster, tiny_plan: Plan, tiny_lesson: Lesson
) -> Findings:
    row = sequences(candles)[0]
    return Findings(
        contest(tiny_plan, 0, lambda *_: None), replace(row, name="<i>SIM"), fitted.about, "lstm",
        read_gates(fitted, row), follow(LINES, tiny_lesson, 0), 0,
    )  # fmt: skip


@pytest.fixture(scope="session")
def html(findings: Findings) -> str:
    return memory_page(findings, COMMAND)


@pytest.fixture(scope="session")
def parsed(html: str) -> Parsed:
    return Parsed(html)


def gates_of(findings: Findings) -> Gates:
    assert findings.gates is not None
    return findings.gates


def test_no_element_loads_anything(parsed: Parsed) -> None:
    assert [
        (tag, name) for tag, attrs in parsed.elements for name in attrs if name in LOADING
    ] == []
    for tag in ("link", "iframe", "object", "embed", "base", "img"):
        assert parsed.count(tag) == 0


def test_no_address_stands_outside_of_the_chart_library(parsed: Parsed) -> None:
    own = [script for script in parsed.scripts if len(script) < 1_000_000]
    for text in (*own, *parsed.styles, parsed.text):
        assert not re.search(r"https?:|//\w+\.", text)


def test_every_formula_is_markup_of_mathematics(parsed: Parsed) -> None:
    assert parsed.count("math") >= 20
    opened = [tag for tag, _ in parsed.elements if tag.startswith("m") and tag != "meta"]
    assert set(opened) <= {
        "math", "mi", "mo", "mn", "mrow", "mfrac", "msub", "msup", "msubsup", "mover", "mspace",
    }  # fmt: skip


def test_nothing_is_left_to_fill_in(parsed: Parsed) -> None:
    assert "$" not in parsed.text


def test_verdict_and_command_are_said(parsed: Parsed, findings: Findings) -> None:
    headline, _, rest = findings.sentence.partition(": ")
    assert headline in parsed.words
    assert rest[1:] in parsed.text
    assert COMMAND in parsed.words


def test_every_error_is_there_in_figures(parsed: Parsed, findings: Findings) -> None:
    for kind, name in (("rnn", "RNN"), ("gru", "GRU"), ("lstm", "LSTM")):
        (row,) = [row for row in parsed.rows if row[:1] == [name]]
        errors = [findings.contest.of(kind, length).solution.test_error for length in (4, 8)]
        assert [float(cell.split()[0]) for cell in row[1:]] == pytest.approx(errors, abs=6e-5)


def test_what_was_given_is_escaped(html: str) -> None:
    assert "<i>SIM" not in html
    assert "<script>alert(1)" not in html
    assert "'<b>.csv'" not in html


def test_passage_is_the_text_itself(parsed: Parsed, html: str, findings: Findings) -> None:
    passages = re.findall(r'<pre class="passage">(.*?)</pre>', html, re.DOTALL)
    assert len(passages) == 3
    for passage in passages:
        shown = "".join(Parsed(passage).words)
        assert len(shown) == 700
        assert shown in findings.letters.passage


def test_shades_follow_the_unit(html: str) -> None:
    shades = {int(shade) for shade in re.findall(r'<span class="u(-?\d)">', html)}
    assert {-1, 1} <= shades <= set(range(-5, 6))


def test_cell_without_gates_is_told_of(findings: Findings) -> None:
    bare = Parsed(memory_page(replace(findings, gates=None, cell="rnn"), COMMAND))
    assert "is of kind rnn, which has no gates" in bare.text
    assert "How long each unit remembers" not in bare.text
    assert "$" not in bare.text


def test_values_are_told_in_their_own_units(fitted_values: Forecaster, values: pl.DataFrame,
                                            findings: Findings) -> None:  # fmt: skip
    row = sequences(values)[0]
    told = Parsed(memory_page(replace(findings, row=row, gates=read_gates(fitted_values, row)), ""))
    assert "hours)" in told.text
    assert "volatility over weeks" not in told.text


def test_memory_beyond_the_series_is_told(findings: Findings) -> None:
    gates = gates_of(findings)
    endless = replace(gates, kept_TU=np.ones_like(gates.kept_TU))
    assert "longer than the series" in memory_page(replace(findings, gates=endless), "")


# -- figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gradient_before", "gradient_after", "errors", "learning"])
def test_kinds_have_one_colour_each(name: str, findings: Findings) -> None:
    figure: go.Figure = getattr(memory_figures, name)(findings.contest)
    colours: dict[str, set[str]] = {}
    for line in figure.data:
        colours.setdefault(line.name.split(",")[0], set()).add(line.line.color)
    assert set(colours) == {"RNN", "GRU", "LSTM"}
    assert all(len(each) == 1 for each in colours.values())


def test_gradients_begin_one_step_back(findings: Findings) -> None:
    figure = memory_figures.gradient_after(findings.contest)
    assert figure.data[0].x[0] == 1
    assert figure.data[0].y[0] == findings.contest.survivals.trained["rnn"][1]


def test_maps_show_units_by_memory_around_the_great_forgetting(findings: Findings) -> None:
    gates = gates_of(findings)
    _, written, forgotten = memory_figures.gate_maps(gates).data
    seen = memory_figures.window(gates)
    assert seen.start <= gates.times_forgetting()[0] < seen.stop
    wanted = 1.0 - gates.kept_TU[seen][:, gates.order_U].T
    assert np.asarray(forgotten.z) == pytest.approx(wanted, abs=6e-4)
    assert np.asarray(written.z).shape == wanted.shape


@pytest.mark.parametrize("place", [0, 130, 299])
def test_window_stays_inside_the_series(place: int, findings: Findings, monkeypatch: Any) -> None:
    monkeypatch.setattr(Gates, "times_forgetting", lambda _: [place])
    seen = memory_figures.window(gates_of(findings))
    assert 0 <= seen.start <= place < seen.stop <= 300
    assert seen.stop - seen.start == 240


def test_histogram_leaves_out_what_has_no_length(findings: Findings) -> None:
    gates = gates_of(findings)
    kept_TU = gates.kept_TU.copy()
    kept_TU[:, 0] = 1.0
    figure = memory_figures.memory_lengths(replace(gates, kept_TU=kept_TU))
    assert len(figure.data[0].x) == 7


Draw = Callable[[Gates], go.Figure]


def test_three_units_are_drawn_over_the_same_bars(findings: Findings) -> None:
    gates = gates_of(findings)
    figure = memory_figures.some_units(gates)
    assert len(figure.data) == 9
    longest = gates.chosen()["longest"]
    kept = gates.kept_TU[memory_figures.window(gates), longest]
    assert np.asarray(figure.data[2].y) == pytest.approx(kept, abs=6e-5)
