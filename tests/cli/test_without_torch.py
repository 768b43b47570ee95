"""The base install: no PyTorch, and quick help."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from foretell import Forecaster, TextModel

BLOCK = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
sys.meta_path.insert(0, Block())
"""


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Run the command in an interpreter that finds no torch."""
    (tmp_path / "sitecustomize.py").write_text(BLOCK)
    start = "from foretell.cli.app import main; main()"
    path = filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path)}

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", start, *arguments],
            capture_output=True, text=True, check=False, cwd=tmp_path, env=environment,
        )  # fmt: skip

    return call


def test_help_and_samples_work(run: Any) -> None:
    assert "forecast" in run("--help").stdout
    assert "BTC-USD" in run("samples").stdout


def test_saved_model_forecasts(run: Any, csv: Path, candles: pl.DataFrame) -> None:
    Forecaster(3, hidden_size=8, ensemble=1, steps=5).fit(candles).save(csv.parent / "m.st")
    ran = run("forecast", "coin.csv", "--model", "m.st")
    assert ran.returncode == 0, ran.stderr
    assert "the 3 bars after 2020-10-26" in ran.stdout


def test_saved_language_model_writes_and_scores(run: Any, tmp_path: Path) -> None:
    model = TextModel(hidden_size=8, embedding_size=4, steps=5).fit("the cat sat. " * 100)
    model.save(tmp_path / "m.st")
    (tmp_path / "a.txt").write_text("the cat", encoding="utf-8")
    written = run("text", "generate", "m.st", "--prompt", "the", "--count", "9", "--seed", "0")
    assert written.stdout == "the" + model.generate("the", 9, seed=0) + "\n", written.stderr
    assert "bits per character" in run("text", "score", "m.st", "a.txt").stdout


def test_training_names_the_remedy(run: Any, csv: Path) -> None:
    ran = run("forecast", csv.name)
    assert ran.returncode == 1
    assert "pip install 'foretell[train]'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['foretell', '--help']\n"
        "from foretell.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print({'torch', 'polars', 'numpy', 'plotly'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.rstrip().endswith("set()")
