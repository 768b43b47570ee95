"""What is said of all that was measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from foretell import Forecaster
from foretell.memory import Findings, Letters, read_gates
from foretell.memory.contest import Contest
from foretell.series import Sequence


@pytest.fixture
def findings(
    small_contest: Contest, small_letters: Letters, fitted: Forecaster, sequence: Sequence
) -> Findings:
    gates = read_gates(fitted, sequence)
    return Findings(small_contest, sequence, fitted.about, "lstm", gates, small_letters, 0)


@pytest.fixture
def with_errors(findings: Findings) -> Callable[..., Findings]:
    """The same with other test errors at the greatest length."""

    def make(**errors: float) -> Findings:
        trials = tuple(
            replace(each, solution=replace(each.solution, test_error=errors.get(each.kind, 0.17)))
            for each in findings.contest.trials
        )
        return replace(findings, contest=replace(findings.contest, trials=trials))

    return make


def test_figures_are_json(findings: Findings) -> None:
    figures = json.loads(json.dumps(findings.figures(), allow_nan=False))
    assert figures["seed"] == 0
    assert set(figures["gradient"]) == {"untrained", "untrained_helped", "trained"}
    assert list(figures["gradient"]["trained"]["rnn"]) == ["1", "10", "50", "100"]  # of 120 lags
    assert len(figures["adding_problem"]) == len(findings.contest.trials)
    assert len(figures["gates"]["memory_bars"]) == 8
    assert [each["mark"] for each in figures["letters"]] == [
        each.mark for each in findings.letters.followers
    ]


def test_memory_longer_than_the_series_is_null(findings: Findings) -> None:
    assert findings.gates is not None
    kept_TU = np.ones_like(findings.gates.kept_TU)
    kept_TU[3, 1] = 0.5
    endless = replace(findings, gates=replace(findings.gates, kept_TU=kept_TU))
    assert endless.figures()["gates"]["memory_bars"] == [None] * 8


def test_model_without_gates_has_no_figures_of_them(findings: Findings) -> None:
    assert replace(findings, gates=None).figures()["gates"] is None


def test_sentence_names_who_solves(with_errors: Callable[..., Findings]) -> None:
    found = with_errors(lstm=0.001, gru=0.002)
    assert found.gates_help
    assert found.sentence.startswith("Gates remember: GRU and LSTM learn to add two numbers over 8")
    assert "RNN does not on the same budget" in found.sentence


def test_sentence_claims_nothing_that_was_not_found(with_errors: Callable[..., Findings]) -> None:
    for found, told in (
        (with_errors(), "no cell learns to add two numbers"),
        (with_errors(rnn=0.001), "RNN learns to add two numbers over 8 steps, GRU and LSTM do not"),
        (
            with_errors(rnn=0.001, gru=0.001, lstm=0.001),
            "RNN, GRU and LSTM learn to add two numbers",
        ),
    ):
        assert not found.gates_help
        assert found.sentence.startswith(f"No difference shown: {told}")
