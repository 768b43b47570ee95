"""The ledger under crashes, crowds and folders that cannot be written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from foretell.errors import LedgerError
from foretell.proof import Ledger, Moments, Trial

DAY = 86_400
JANUARY = 1_704_067_200  # 2024
TRIAL = Trial(
    kind="backtest",
    data="d" * 64,
    series=("BTC",),
    configuration={"hidden_size": 64},
    horizon=14,
    start=JANUARY,
    end=JANUARY + 100 * DAY,
    summary={"skill": 0.01},
    moments=Moments(100, 0.05),
    bars_per_year=365.25,
)

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from foretell.proof import Ledger, Trial
path, name, count, padding = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
trial = Trial("tuning", "d", ("BTC",), {}, 1, 0, 1)
print("ready", flush=True)
sys.stdin.readline()
for n in range(count):
    what = {"writer": name, "n": n, "padding": name * padding}
    Ledger(path).append(replace(trial, configuration=what))
    print(n, flush=True)
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")


def writer(path: Path, name: str, count: int, padding: int) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(count), str(padding)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert started.stdout
    assert started.stdout.readline() == "ready\n"
    return started


def config(number: int, **changed: object) -> Trial:
    return replace(TRIAL, configuration={"number": number}, **changed)  # type: ignore[arg-type]


# -- one after the other -----------------------------------------------------------------------


def test_what_is_appended_is_read(ledger: Ledger) -> None:
    assert ledger.read() == ([], [])
    entries = [TRIAL, config(1), TRIAL]
    for each in entries:
        ledger.append(each)
    assert ledger.read() == (entries, [])
    lines = ledger.path.read_text().splitlines()
    assert [json.loads(line)["config"] for line in lines] == [each.config for each in entries]


def test_line_holds_what_it_says_in_words_of_its_own(ledger: Ledger) -> None:
    ledger.append(TRIAL)
    line = json.loads(ledger.path.read_text())
    assert line["start"] == "2024-01-01T00:00:00Z"
    assert line["returns"] == {
        "observations": 100, "sharpe": 0.05, "skewness": 0.0, "kurtosis": 3.0,
    }  # fmt: skip
    assert line["format"] == 1


def test_a_last_line_cut_off_is_passed_over_and_never_glued_to(ledger: Ledger) -> None:
    ledger.append(TRIAL)
    whole = ledger.path.read_bytes()
    for cut in (1, len(whole) // 2, len(whole) - 2):
        ledger.path.write_bytes(whole + whole[:cut])
        assert ledger.read() == ([TRIAL], [2])
        ledger.append(config(1))
        assert ledger.read() == ([TRIAL, config(1)], [2])


def test_a_whole_line_without_its_break_is_kept(ledger: Ledger) -> None:
    ledger.append(TRIAL)
    ledger.path.write_bytes(ledger.path.read_bytes()[:-1])
    ledger.append(config(1))
    assert ledger.read() == ([TRIAL, config(1)], [])


@pytest.mark.parametrize("wrong", [b"nonsense", b"[]", b'{"kind": 1}', b"\xff\xfe", b"null"])
def test_a_damaged_line_is_numbered_and_the_others_are_read(ledger: Ledger, wrong: bytes) -> None:
    ledger.append(TRIAL)
    with ledger.path.open("ab") as file:
        file.write(wrong + b"\n")
    ledger.append(config(1))
    assert ledger.read() == ([TRIAL, config(1)], [2])


# -- crowds and crashes ------------------------------------------------------------------------


def test_processes_that_append_at_once_lose_nothing(ledger: Ledger) -> None:
    """Lines of 100 kB, so that a write in pieces would show."""
    crowd = [writer(ledger.path, name, 25, 100_000) for name in "abcd"]
    for each in crowd:
        assert each.stdin
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in crowd:
        each.communicate()
        assert each.returncode == 0
    entries, damaged = ledger.read()
    assert damaged == []
    found = [(each.configuration["writer"], each.configuration["n"]) for each in entries]
    assert sorted(found) == [(name, n) for name in "abcd" for n in range(25)]
    for name in "abcd":
        assert [n for each, n in found if each == name] == list(range(25))


def test_what_was_appended_outlives_a_kill(ledger: Ledger) -> None:
    for round_ in range(4):
        victim = writer(ledger.path, "x", 10_000, 200_000)
        assert victim.stdin
        assert victim.stdout
        victim.stdin.write("go\n")
        victim.stdin.flush()
        done = [victim.stdout.readline() for _ in range(3)]
        time.sleep(0.003 * round_)
        victim.send_signal(signal.SIGKILL)
        rest, _ = victim.communicate()
        done += rest.splitlines()
        before, _ = ledger.read()
        assert len(before) >= len([each for each in done if each.strip()])
        ledger.append(TRIAL)
        entries, damaged = ledger.read()
        assert entries == [*before, TRIAL]
        assert len(damaged) <= round_ + 1
        ledger.path.unlink()


def test_a_disk_that_fills_up_in_mid_line_leaves_the_others(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append(TRIAL)
    write = os.write

    def half(descriptor: int, data: bytes) -> int:
        write(descriptor, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "write", half)
        with pytest.raises(LedgerError, match="No space left on device"):
            ledger.append(config(1))
    assert ledger.read() == ([TRIAL], [2])
    ledger.append(config(2))
    assert ledger.read() == ([TRIAL, config(2)], [2])


def test_a_write_in_pieces_is_finished(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    ledger.append(TRIAL)
    assert ledger.read() == ([TRIAL], [])


# -- where it lies -----------------------------------------------------------------------------


def test_folder_is_chosen_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FORETELL_HOME", str(tmp_path / "mine"))
    assert Ledger().path == tmp_path / "mine" / "ledger.jsonl"


def test_folder_that_cannot_be_written_is_said_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ledger = Ledger(tmp_path / "file" / "ledger.jsonl")
    with pytest.raises(
        LedgerError, match=r"could not be entered in .*ledger.jsonl .*FORETELL_HOME"
    ):
        ledger.append(TRIAL)


def test_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").mkdir()
    with pytest.raises(LedgerError, match="cannot be read"):
        Ledger(tmp_path / "ledger.jsonl").read()


# -- the honest count --------------------------------------------------------------------------


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Five tries on BTC in early 2024, one of them twice, and two that have nothing in common."""
    for number in (1, 2, 3, 2):
        ledger.append(config(number))
    ledger.append(config(4, kind="tuning", moments=None))
    ledger.append(config(5, series=("ETH", "BTC"), data="b" * 64))
    ledger.append(config(6, series=("ETH",), data="e" * 64))
    ledger.append(config(7, start=JANUARY - 90 * DAY, end=JANUARY - DAY, data="o" * 64))
    return ledger


def numbers(ledger: Ledger, **asked: object) -> list[int]:
    found = ledger.trials(**asked).entries  # type: ignore[arg-type]
    return sorted(each.configuration["number"] for each in found)


def test_configurations_on_data_in_common_count_once_each(filled: Ledger) -> None:
    assert numbers(filled, data=TRIAL.data) == [1, 2, 3, 4, 5]


def test_series_and_span_may_be_asked_for(filled: Ledger) -> None:
    assert numbers(filled, series=["BTC"]) == [1, 2, 3, 4, 5, 7]
    assert numbers(filled, series=["BTC"], start=JANUARY) == [1, 2, 3, 4, 5]
    assert numbers(filled, series=["BTC"], end=JANUARY - 1) == [7]
    assert numbers(filled, series="ETH") == [5, 6]
    assert numbers(filled, series=["DOGE"]) == []
    assert numbers(filled) == [1, 2, 3, 4, 5, 6, 7]


def test_data_that_was_never_tried_has_no_trials(filled: Ledger) -> None:
    assert numbers(filled, data="n" * 64) == []


def test_the_test_would_notice_a_count_of_lines(filled: Ledger) -> None:
    entries, _ = filled.read()
    assert len([each for each in entries if each.data == TRIAL.data]) == 5  # 4, and a repeat
    assert len(filled.trials(data=TRIAL.data)) == 5  # 4, and one of BTC beside ETH
    assert len(filled.trials(series=["BTC"])) != len([e for e in entries if "BTC" in e.series])
