"""A writer killed with SIGKILL at random moments: every candle is there once, as it was written.

``python benchmarks/store_kills.py [--kills 200] [--seed 0]``

After each kill the store is verified and compared with a dictionary, before anything has put it
right; then the next writer goes on from the last step that was acknowledged.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from foretell.store import Store
from store_life import Model, fits

SCRIPT = Path(__file__).with_name("store_life.py")
LONGEST = 0.5  # seconds of writing before a kill


def main(kills: int = 200, seed: int = 0) -> int:
    """Kill, look, go on."""
    draw = random.Random(seed)  # noqa: S311
    model, bad, cut = Model(), 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "store"
        for _ in range(kills):
            done = lived(folder, model.steps, draw.uniform(0.0, LONGEST))
            for _ in range(done):
                model.advance()
            steps = model.steps
            store = Store(folder)
            if (folder / "manifest.json").exists():
                found, fitting = store.verify(), fits(store, model)
                bad += not (found.sound and fitting)
                if not (found.sound and fitting):
                    print(f"after step {steps}: rows {fitting}, files {found.findings}")
            cut += model.steps > steps
        bad += not Store(folder).verify().sound
    print(
        f"{kills} kills over {model.steps} steps, {cut} of them after a step was stored and "
        f"before it was acknowledged: {bad} stores not as they should be"
    )
    return int(bad > 0)


def lived(folder: Path, first: int, seconds: float) -> int:
    """Let a writer live for some time; how many steps it acknowledged."""
    command = [sys.executable, SCRIPT, folder, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        return process.stdout.read().count("\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(**vars(_arguments())))
