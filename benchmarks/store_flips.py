"""A random byte flipped in a random file of a store, again and again: all found, and named.

``python benchmarks/store_flips.py [--flips 200] [--seed 0]``

Data of candles, data of gaps, logs, checkpoints and the manifest are drawn equally often.
"""

from __future__ import annotations

import argparse
import collections
import random
import sys
import tempfile
from pathlib import Path

from foretell.store import Store
from store_life import act, hasten

STEPS = 45


def main(flips: int = 200, seed: int = 0) -> int:
    """Flip, verify, put back."""
    draw = random.Random(seed)  # noqa: S311
    hasten()
    found: collections.Counter[str] = collections.Counter()
    tried: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "store"
        store = Store(folder)
        for step in range(STEPS):
            act(store, step)
        assert store.verify().sound
        files = [
            path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size
        ]
        for _ in range(flips):
            kind = draw.choice(sorted({_kind(path) for path in files}))
            path = draw.choice([path for path in files if _kind(path) == kind])
            tried[kind] += 1
            found[kind] += _is_found(store, folder, path, draw)
        assert store.verify().sound
    for kind in sorted(tried):
        print(f"{kind}: {found[kind]} of {tried[kind]}")
    print(f"{found.total()} of {tried.total()} flips found, and the file named")
    return int(found != tried)


def _is_found(store: Store, folder: Path, path: Path, draw: random.Random) -> bool:
    whole = path.read_bytes()
    at, bits = draw.randrange(len(whole)), draw.randrange(1, 256)
    path.write_bytes(whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :])
    findings = store.verify().findings
    path.write_bytes(whole)
    return (str(path.relative_to(folder)), "damaged") in findings


def _kind(path: Path) -> str:
    if path.parent.name == "_delta_log":
        return "checkpoint" if "checkpoint" in path.name else "log"
    return path.name if path.suffix == ".json" else f"data of {path.parent.name}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(**vars(_arguments())))
