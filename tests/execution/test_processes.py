"""Several processes do what one does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from foretell.errors import UsageError
from foretell.execution import Processes
from foretell.proof import InOrder


@dataclass(frozen=True)
class Writes:
    """Leaves its number and who wrote it."""

    folder: Path
    number: int

    @property
    def id(self) -> str:
        return str(self.number)

    def __call__(self) -> None:
        if self.number < 0:
            message = "a task failed"
            raise ValueError(message)
        text = f"{self.number} {os.environ.get('OMP_NUM_THREADS')} {os.getpid()}"
        (self.folder / self.id).write_text(text)


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers find this module: tests are imported without being on the path."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
    monkeypatch.syspath_prepend(Path(__file__).parent)
    import test_processes as module

    monkeypatch.setattr(Writes, "__module__", module.__name__)
    monkeypatch.setattr(module, "Writes", Writes)


@pytest.mark.usefixtures("importable")
def test_every_task_is_done_elsewhere(tmp_path: Path) -> None:
    tasks = [Writes(tmp_path, number) for number in range(6)]
    assert sorted(Processes(2).run(tasks)) == [task.id for task in tasks]
    for task in tasks:
        number, threads, process = (tmp_path / task.id).read_text().split()
        assert (number, threads) == (task.id, "1")
        assert int(process) != os.getpid()


@pytest.mark.usefixtures("importable")
def test_a_failure_reaches_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a task failed"):
        list(Processes(2).run([Writes(tmp_path, -1), Writes(tmp_path, 1)]))


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(Processes(2).run([])) == []


def test_in_order_works_here(tmp_path: Path) -> None:
    assert list(InOrder().run([Writes(tmp_path, 2), Writes(tmp_path, 1)])) == ["2", "1"]
    assert (tmp_path / "1").read_text().endswith(str(os.getpid()))


def test_one_worker_a_core_is_the_default() -> None:
    assert Processes().workers == os.cpu_count()


def test_no_worker_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="workers is 0"):
        Processes(0)


NAP = """
import time
class Nap:
    id = "nap"
    def __call__(self):
        print("asleep", flush=True)
        time.sleep(300)
"""
RUN = """
from naps import Nap
from foretell.execution import Processes
list(Processes(1).run([Nap()]))
"""


def test_ctrl_c_is_heard_while_a_task_is_at_work(tmp_path: Path) -> None:
    """polars takes over the signal's handling, and a thread asleep for good would not wake."""
    (tmp_path / "naps.py").write_text(NAP)
    process = subprocess.Popen(
        [sys.executable, "-c", RUN], env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "asleep\n"
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)  # far less than the nap
    assert process.returncode != 0
    assert errors.count("Traceback") == 1  # the parent's; workers say nothing
