"""A backtest killed at random moments and begun again: the same forecasts, byte for byte.

``python benchmarks/kills.py [--kills 20] [--seed 0]``

One run is left alone. Another is killed with SIGKILL, all its worker processes with it, after a
time drawn evenly from the length of the first, and started again, until it has been killed so
often; then it is left to end. Both write their forecasts as Parquet.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

COMMAND = (
    "from foretell.cli.app import main; main()",
    "backtest", "BTC-USD", "--start", "2024-01-01", "--refit", "60",
    "--rivals", "random-walk,ewma", "--ensemble", "2", "--no-html",
)  # fmt: skip


def main() -> None:
    """Run both and compare."""
    arguments = _arguments()
    draw = random.Random(arguments.seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = time.perf_counter()
        _run(folder, "calm").wait()
        length = time.perf_counter() - started
        kills = 0
        while kills < arguments.kills:
            kills += _kill_after(draw.uniform(0.0, length), folder)
        _run(folder, "killed").wait()
        hashes = [_sha256(folder / f"{run}.parquet") for run in ("calm", "killed")]
    same = hashes[0] == hashes[1]
    sys.stderr.write(f"killed {kills} times: {'the same' if same else 'NOT THE SAME'}\n")
    print(json.dumps({"kills": kills, "seconds_alone": length, "sha256": hashes, "same": same}))
    sys.exit(0 if same else 1)


def _run(folder: Path, run: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", *COMMAND, "--folder", str(folder / run),
         "--forecasts", str(folder / f"{run}.parquet")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env=os.environ | {"FORETELL_HOME": str(folder / "home")},
    )  # fmt: skip


def _kill_after(seconds: float, folder: Path) -> bool:
    """Kill the run after a while; False where it had ended by itself, and is to begin anew."""
    process = _run(folder, "killed")
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    for part in sorted((folder / "killed" / "parts").iterdir())[::2]:
        part.unlink()  # else there would be nothing left to interrupt
    return False


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
