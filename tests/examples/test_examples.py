"""Every example runs by itself, in an empty folder, without a network, and says something."""

from __future__ import annotations

import runpy
import socket
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from foretell import samples
from foretell.series import sequences

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


def refuse(*arguments: Any) -> NoReturn:
    message = "an example reaches for the network"
    raise AssertionError(message)


@pytest.mark.uncovered
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(
    example: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    runpy.run_path(str(example), run_name="__main__")
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_short(example: Path) -> None:
    assert len(example.read_text(encoding="utf-8").splitlines()) < 50


def test_the_example_of_a_rival_sees_no_future() -> None:
    names = runpy.run_path(str(next(each for each in EXAMPLES if each.stem == "own_model")))
    row = sequences(samples.load("BTC-USD"))[0].tail(300)
    rival = names["LinearQuantiles"](2, np.array([0.25, 0.75]))
    whole_THK = rival.forecast(row, 200)
    assert (np.diff(whole_THK, axis=-1) >= 0).all()
    short_THK = rival.forecast(row.head(260), 200)
    np.testing.assert_allclose(whole_THK[:60], short_THK, rtol=1e-12)
