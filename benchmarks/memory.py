"""What each kind of cell remembers: surviving gradients, and the adding problem by length.

``python benchmarks/memory.py [--json] [--quick] [--seed N]``

The same measurement as that of ``foretell memory``, without a series and without a text. The bars:
the RNN's gradient 100 steps back at most a thousandth of the LSTM's, before training and after;
test errors at length 200 below 0.01 for LSTM and GRU, and near 1/6 for the RNN.
"""

from __future__ import annotations

import argparse
import json
import time

from foretell.memory.contest import Contest, contest
from foretell.memory.plan import FULL, KINDS, QUICK

LAG = 100


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="shorter lengths")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    started = time.perf_counter()
    found = contest(QUICK if arguments.quick else FULL, arguments.seed, lambda *_: None)
    figures = measured(found) | {"seconds": round(time.perf_counter() - started, 1)}
    print(json.dumps(figures, indent=2) if arguments.json else table(figures))


def measured(found: Contest) -> dict[str, object]:
    """Gradients at the lag of the bar, and the test error of every network."""
    survivals = found.survivals
    stages = {
        "untrained": survivals.plain,
        "untrained, helped": survivals.helped,
        "trained": survivals.trained,
    }
    return {
        "gradient": {
            name: {kind: float(of[kind][LAG]) for kind in KINDS} for name, of in stages.items()
        },
        "lstm_over_rnn": {
            name: float(of["lstm"][LAG] / of["rnn"][LAG]) for name, of in stages.items()
        },
        "adding_problem": {
            kind: {
                str(length): [
                    trial.solution.test_error
                    for trial in found.trials
                    if (trial.kind, trial.length) == (kind, length)
                ]
                for length in found.plan.lengths
            }
            for kind in KINDS
        },
    }


def table(figures: dict[str, object]) -> str:
    """The same in lines."""
    gradient, errors = figures["gradient"], figures["adding_problem"]
    assert isinstance(gradient, dict)
    assert isinstance(errors, dict)
    lines = [f"gradient left {LAG} steps back"]
    for name, of in gradient.items():
        lines.append(f"  {name:18}" + "".join(f"  {kind} {of[kind]:.1e}" for kind in KINDS))
    lines.append("test error of the adding problem, by length")
    for kind in KINDS:
        shown = (f"{n}: " + "/".join(f"{e:.4f}" for e in of) for n, of in errors[kind].items())
        lines.append(f"  {kind:5}" + "  ".join(shown))
    return "\n".join([*lines, f"{figures['seconds']} s"])


if __name__ == "__main__":
    main()
