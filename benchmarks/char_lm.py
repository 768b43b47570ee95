"""The character benchmark: nats per character of the last tenth of a text, and generation speed.

``python benchmarks/char_lm.py --data ../shared/data/text/tinyshakespeare.txt.gz --seconds 180``

Trains `foretell.TextModel` by `RECIPE` on the first nine tenths, of which a fiftieth
chooses among its checkpoints, and scores the rest in one go. With ``--validation`` the last tenth
is left alone and the twentieth before it is scored: that is where choices are made. A table goes
to stderr, JSON to stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # generation is measured on one core

import torch

from foretell import TextModel
from foretell.text.reading import read_text
from language_options import parser, say, teller

HELD_OUT, VALIDATION = 0.1, 0.05
RECIPE = {"hidden_size": 512, "batch": 32, "dropout": 0.4, "check": 1_000}  # docs/experiments.md
UNITS, WRITTEN = 384, 5_000  # of the network whose writing is timed, and characters that it writes


def main() -> None:
    """Run the benchmark."""
    arguments = _arguments()
    if not arguments.data.is_file():
        sys.exit(f"no data at {arguments.data}; the benchmark is skipped")
    training, held_out = split(read_text(arguments.data), validation=arguments.validation)
    parameters = RECIPE | dict(arguments.set or [])
    model = TextModel(
        seconds=arguments.seconds, steps=arguments.steps, seed=arguments.seed, **parameters
    )
    started = time.perf_counter()
    model.fit(training, report=teller("nats on the validation part"))
    took = time.perf_counter() - started
    started = time.perf_counter()
    score = model.score(held_out)
    scored_in = time.perf_counter() - started
    result = {
        "score": score.to_dict(),
        "training_seconds": took,
        "scoring_seconds": scored_in,
        f"characters_per_second_{UNITS}_units": speed(training),
        "parameters": model.get_params(),
        "training": model.about["training"],
        "threads": torch.get_num_threads(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }
    say(f"{score.nats_per_character:.4f} nats per character of {score.characters:,} held out")
    say(f"{score.bits_per_character:.4f} bits; training {took:.1f} s, scoring {scored_in:.1f} s")
    written = result[f"characters_per_second_{UNITS}_units"]
    say(f"{written:,.0f} characters written a second by {UNITS} units")
    say(model.generate("ROMEO:\n", 300, seed=0))
    print(json.dumps(result))


def split(text: str, *, validation: bool) -> tuple[str, str]:
    """What is trained on, and what is scored."""
    end = int(len(text) * (1 - HELD_OUT))
    if not validation:
        return text[:end], text[end:]
    cut = int(end * (1 - VALIDATION))
    return text[:cut], text[cut:end]


def speed(text: str) -> float:
    """Characters written a second, the best of five runs: others may use the machine too.

    What a network has learned makes it no faster, so it learns for one step.
    """
    model = TextModel(hidden_size=UNITS, steps=1).fit(text[:100_000])
    fastest = float("inf")
    for seed in range(5):
        started = time.perf_counter()
        model.generate("\n", WRITTEN, seed=seed)
        fastest = min(fastest, time.perf_counter() - started)
    return WRITTEN / fastest


def _arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, help="a text, perhaps .gz")
    options.add_argument("--seconds", type=float, help="the most that training may take")
    return options.parse_args()


if __name__ == "__main__":
    main()
