"""``foretell memory``: the page, the figures, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foretell import Forecaster
from foretell.cli import memory
from foretell.memory import Lesson, Plan

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, tiny_plan: Plan, tiny_lesson: Lesson) -> None:
    """What `--quick` measures is made quicker still."""
    monkeypatch.setattr(memory, "QUICK_PLAN", tiny_plan)
    monkeypatch.setattr(memory, "QUICK_LESSON", tiny_lesson)


@pytest.fixture
def model(csv: Path) -> Path:
    """Saved and small; a GRU, to be told from the default."""
    path = csv.with_name("m.st")
    Forecaster(3, cell="gru", hidden_size=8, ensemble=1, steps=5).fit(csv).save(path)
    return path


@pytest.fixture
def text(csv: Path) -> Path:
    path = csv.with_name("lines.txt")
    path.write_text('  he said "no" (twice)\n\nand went on\n' * 500, encoding="utf-8")
    return path


def test_page_is_written_and_the_sentence_printed(foretell: Run, csv: Path, model: Path) -> None:
    ran = foretell("memory", csv, "--model", model, "--quick")
    assert ran.code == 0, ran.err
    assert "two numbers over 8 steps" in ran.out
    assert ran.out.count("\n") == 1
    assert "page written to coin-memory.html" in ran.err
    page = csv.with_name("coin-memory.html").read_text(encoding="utf-8")
    assert "5. The gates over coin" in page
    assert "foretell memory" in page


def test_figures_are_printed_and_no_page(foretell: Run, csv: Path, model: Path) -> None:
    ran = foretell("memory", csv, "--model", model, "--quick", "--json")
    figures = json.loads(ran.out)
    assert figures["gates"]["cell"] == "gru"
    assert figures["gates"]["series"] == "coin"
    assert not csv.with_name("coin-memory.html").exists()


def test_model_is_trained_where_none_is_given(foretell: Run, csv: Path, text: Path) -> None:
    ran = foretell("memory", csv, "--quick", "--json", "--text", text, "--html", "a.html")
    assert ran.code == 0, ran.err
    for stage in (f"training on {csv} ...", "training on the text ...", "adding problem ..."):
        assert stage in ran.err
    assert len(json.loads(ran.out)["gates"]["memory_bars"]) == 64
    assert csv.with_name("a.html").exists()


def test_cell_without_gates_is_no_mistake(foretell: Run, csv: Path, text: Path) -> None:
    ran = foretell("memory", csv, "--cell", "rnn", "--quick", "--json", "--text", text)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["gates"] is None


def test_seed_changes_the_figures_also_beside_a_model(foretell: Run, csv: Path, model: Path,
                                                       text: Path) -> None:  # fmt: skip
    command = ("memory", csv, "--model", model, "--quick", "--json", "--text", text)
    one, two = (json.loads(foretell(*command, "--seed", seed).out) for seed in (0, 1))
    assert one["adding_problem"] != two["adding_problem"]
    assert one["gates"] == two["gates"]


BAD: dict[str, tuple[list[str], int, list[str]]] = {
    "unknown symbol": (["BTC-EURO"], 2, ["'BTC-EURO'", "foretell samples"]),
    "no such model": (["coin.csv", "--model", "absent.st"], 2, ["'absent.st'", "train one"]),
    "cell beside a model": (["coin.csv", "--model", "m.st", "--cell", "gru"], 2, ["--cell"]),
    "unknown cell": (["coin.csv", "--cell", "elman"], 2, ["'elman'", "lstm"]),
    "negative seed": (["coin.csv", "--seed", "-1"], 2, ["seed is -1"]),
    "negative seed beside a model": (
        ["coin.csv", "--model", "m.st", "--seed", "-1"], 2, ["seed is -1", "from 0"],
    ),
    "no such text": (["coin.csv", "--text", "absent.txt"], 2, ["'absent.txt'"]),
    "short text": (["coin.csv", "--text", "short.txt"], 5, ["6 characters", "at least 15,000"]),
    "no place": (["coin.csv", "--html", "absent/a.html"], 2, ["'absent/a.html'"]),
    "model of other bars": (["BTC-USDT-1h", "--model", "m.st"], 5, ["this model was trained on"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_mistake_is_refused_at_once(name: str, foretell: Run, model: Path) -> None:
    model.with_name("short.txt").write_text("short\n")
    arguments, code, says = BAD[name]
    ran = foretell("memory", *arguments, "--quick")
    assert (ran.code, ran.out) == (code, "")
    assert "Traceback" not in ran.err
    assert "adding problem" not in ran.err
    for part in says:
        assert part in ran.err
