"""The word benchmark: perplexity on the Penn Treebank, in Mikolov's split.

``python benchmarks/words.py --data-folder ../shared/data/text --minutes 30 --json``

The protocol of Mikolov et al. (Interspeech 2010), which all figures below share: ten thousand words
with ``<unk>`` among them, a word of its own for the end of a line, perplexity over all words of the
text read in one go with the state carried over. Trains `foretell.TextModel` on ``ptb.train`` with
``ptb.valid`` to choose among its checkpoints, and scores both other texts once it is trained. With
``--validation`` the test text is left alone: that is where choices are made. A table goes to
stderr, JSON to stdout.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

import torch  # imported here, so that its import is not in the training time

from foretell import TextModel
from foretell.text.reading import read_text
from language_options import parser, say, teller

WORDS = {"train": 929_589, "valid": 73_760, "test": 82_430}  # ends of lines included
VOCABULARY = 10_000

# Chosen on ptb.valid: docs/experiments.md.
PROCESSOR: dict[str, Any] = {
    "layers": 2, "hidden_size": 400, "embedding_size": 400, "tied": True, "locked": True,
    "dropout": 0.35, "embedding_dropout": 0.35, "word_dropout": 0.05, "weight_drop": 0.35,
    "candidates": 2_000, "learning_rate": 4e-3, "weight_decay": 0.02, "chunk": 35, "batch": 64,
    "check": 2_000,
}  # fmt: skip
# Not tested: no GPU was there when it was written.
GPU: dict[str, Any] = PROCESSOR | {
    "layers": 3, "hidden_size": 800, "embedding_size": 800, "dropout": 0.45,
    "embedding_dropout": 0.45, "word_dropout": 0.1, "weight_drop": 0.5, "candidates": None,
    "learning_rate": 2e-3, "chunk": 70, "batch": 32,
}  # fmt: skip
REGULARISERS = {
    "tied": "weight tying (AWD-LSTM, section 4; Press and Wolf, EACL 2017)",
    "locked": "variational dropout: one mask for all steps of a chunk (AWD-LSTM, section 4)",
    "dropout": "of what leaves a layer (AWD-LSTM: hidden and output dropout)",
    "embedding_dropout": "of what enters the first layer (AWD-LSTM: input dropout)",
    "word_dropout": "of whole words as they enter (AWD-LSTM: embedding dropout)",
    "weight_drop": "DropConnect on the recurrent weights (AWD-LSTM, section 2)",
    "weight_decay": "decoupled, by AdamW (AWD-LSTM: L2)",
}
# Test perplexity and parameters in millions, without cache or dynamic evaluation.
PUBLISHED = [
    ("Zaremba et al. 2014 (arXiv:1409.2329), table 1: 2 x 200, no dropout", 120.7, 114.5, 4.7),
    ("Zaremba et al. 2014, table 1: medium, 2 x 650, dropout", 86.2, 82.7, 20),
    ("Zaremba et al. 2014, table 1: large, 2 x 1500, dropout", 82.2, 78.4, 66),
    ("AWD-LSTM, Merity et al. 2018 (arXiv:1708.02182), table 1: 3 layers, 1150", 60.0, 57.3, 24),
]


def main() -> None:
    """Run the benchmark."""
    arguments = _arguments()
    texts = {part: arguments.data_folder / f"ptb.{part}.txt.gz" for part in WORDS}
    if not all(map(Path.is_file, texts.values())):
        sys.exit(f"no {texts['train'].name} in {arguments.data_folder}; the benchmark is skipped")
    parameters = (GPU if torch.cuda.is_available() else PROCESSOR) | dict(arguments.set or [])
    model = TextModel(
        "words", vocabulary=VOCABULARY, seed=arguments.seed, steps=arguments.steps,
        seconds=60.0 * arguments.minutes, **parameters,
    )  # fmt: skip
    started = time.perf_counter()
    model.fit(texts["train"], validation=texts["valid"], report=teller("nats a word of ptb.valid"))
    result: dict[str, Any] = {"training_seconds": time.perf_counter() - started}
    scored = ["valid"] if arguments.validation else ["valid", "test"]
    result |= {f"{part}_perplexity": perplexity(model, part, texts[part]) for part in scored}
    result |= about(model)
    say(table(result))
    print(json.dumps(result))


def perplexity(model: TextModel, part: str, path: Path) -> float:
    """Of a text that must have as many words as the protocol says."""
    score = model.score(read_text(path))
    if score.tokens != WORDS[part]:
        sys.exit(f"{path} has {score.tokens} words, not {WORDS[part]}: it is another split")
    return score.perplexity


def about(model: TextModel) -> dict[str, Any]:
    """What was trained, how long, and what held it back."""
    parameters, training = model.get_params(), model.about["training"]
    read = training["steps"] * parameters["batch"] * parameters["chunk"]
    return {
        "epochs": read / model.about["tokens"]["training"],
        "weights_millions": training["weights"] / 1e6,
        "regularisers": {
            f"{name}={parameters[name]}": meaning
            for name, meaning in REGULARISERS.items()
            if parameters[name]
        },
        "parameters": parameters,
        "training": training,
        "threads": torch.get_num_threads(),
        "device": "cuda" if torch.cuda.is_available() else "cpu",
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }


def table(result: dict[str, Any]) -> str:
    """Beside what others published."""
    test = result.get("test_perplexity")
    minutes, epochs = result["training_seconds"] / 60, result["epochs"]
    rows = [
        f"{valid:6.1f} {test or float('nan'):6.1f} {millions:5.1f} M  {name}"
        for name, valid, test, millions in [
            *PUBLISHED,
            (
                f"foretell: {minutes:.1f} minutes, {epochs:.1f} epochs",
                result["valid_perplexity"],
                test,
                result["weights_millions"],
            ),
        ]
    ]
    named = [f"  {name}: {meaning}" for name, meaning in result["regularisers"].items()]
    return "\n".join([" valid   test  weights", *rows, "regularisers:", *named])


def _arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument(
        "--data-folder", type=Path, required=True, help="with ptb.train.txt.gz ..."
    )
    options.add_argument("--minutes", type=float, default=30.0, help="the most training may take")
    return options.parse_args()


if __name__ == "__main__":
    main()
