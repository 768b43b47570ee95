"""The writer's lock: held against other processes, named, and gone with its owner."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foretell.errors import StoreError, StoreLocked
from foretell.store.lock import writer_lock

HOLD = (
    "import sys, pathlib\nfrom foretell.store.lock import writer_lock\n"
    "with writer_lock(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


def test_another_process_is_named_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "writer.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        owner = f"process {process.pid} is writing"
        with pytest.raises(StoreLocked, match=owner) as refused, writer_lock(path):
            pass
        assert refused.value.pid == process.pid
        process.kill()
    assert path.read_text() == str(process.pid)
    with writer_lock(path):
        assert path.read_text() == str(os.getpid())
    assert path.read_text() == ""


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "writer.lock").mkdir()
    path = tmp_path / "writer.lock"
    with pytest.raises(StoreError, match="correct its permissions"), writer_lock(path):
        pass
