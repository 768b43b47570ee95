"""A disk that is full at every write: the store opens cleanly, and the message says what to do.

``python benchmarks/store_full.py [--step 50]``

RLIMIT_FSIZE stands for the full disk: a file cannot grow beyond a limit, which is swept from
nothing to larger than any file. At each limit a store of some steps lives on until a step fails.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from foretell.errors import StoreError
from foretell.store import Store
from store_life import Model, act, fits, hasten

LARGEST = 40_000
BEFORE, MORE = 5, 12


def main(step: int = 50) -> int:
    """Sweep the limit."""
    hasten()
    bad, failed, messages = 0, 0, set()
    limits = range(0, LARGEST, step)
    for limit in limits:
        with tempfile.TemporaryDirectory() as name:
            good, message = survives(Path(name) / "store", limit)
        bad += not good
        failed += message is not None
        messages.add((message or "").partition(": ")[2])
    print(f"{len(limits)} limits, {failed} of which stopped a write: {bad} stores not as they "
          f"should be; said: {' / '.join(sorted(filter(None, messages)))}")  # fmt: skip
    return int(bad > 0)


def survives(folder: Path, limit: int) -> tuple[bool, str | None]:
    """Whether a store is whole after a write that failed, and goes on; and what the error said."""
    store, model, message = Store(folder), Model(), None
    for _ in range(BEFORE if limit % 100 else 0):
        act(store, model.steps)
        model.advance()
    with limited(limit):
        try:
            for _ in range(MORE):
                act(store, model.steps)
                model.advance()
        except StoreError as error:
            message = str(error)
    if message is not None and "free some space" not in message:
        return False, message
    opened = Store(folder)
    if (folder / "manifest.json").exists() and not (opened.verify().sound and fits(opened, model)):
        return False, message
    for _ in range(MORE):
        act(store, model.steps)
        model.advance()
    return fits(Store(folder), model) and Store(folder).verify().sound, message


@contextmanager
def limited(size: int) -> Iterator[None]:
    """Let no file grow beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--step", type=int, default=50)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(**vars(_arguments())))
