"""A walk forward: folds times entrants, each a task whose result is kept, so that nothing is lost.

The folder of a run holds ``run.json`` (what is asked), ``data.parquet``, and in ``parts`` one file
a task. An interrupted run goes on from the parts that are there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from foretell.errors import ShortHistory, UsageError
from foretell.forecast import Trace
from foretell.proof.entrants import Entrant
from foretell.proof.executor import Executor
from foretell.proof.folds import FEWEST_BARS, Fold, forecast_in, known
from foretell.series import Sequence, as_frame, fingerprint, sequences, stamp
from foretell.writing import make_folder, write_whole

__all__ = ["Leg", "Plan", "gather", "notes", "walk"]


@dataclass(frozen=True)
class Plan:
    """What is asked of a walk.

    Attributes
    ----------
    rows : tuple of Sequence
        Whole histories.
    folds : tuple of Fold
    entrants : tuple of Entrant
        The forecaster first.
    horizon : int
    levels : int
        Quantiles of every forecast.
    window : int or None
        Bars learned from at most; the folds are cut accordingly.
    """

    rows: tuple[Sequence, ...]
    folds: tuple[Fold, ...]
    entrants: tuple[Entrant, ...]
    horizon: int
    levels: int
    window: int | None = None

    def describe(self) -> dict[str, Any]:
        """All that decides the outcome, ready for JSON."""
        return {
            "data": fingerprint(self.rows),
            "horizon": self.horizon,
            "folds": [[fold.since, fold.until, fold.start, fold.end] for fold in self.folds],
            "window": self.window,
            "entrants": [each.describe() for each in self.entrants],
        }


@dataclass(frozen=True)
class Leg:
    """One entrant in one fold; see `foretell.proof.executor.Task`."""

    folder: Path
    number: int
    entrant: Entrant
    fold: Fold
    horizon: int
    levels: int

    @property
    def id(self) -> str:
        """Fold, then place in the plan."""
        return f"{self.fold.number:04d}-{self.number:02d}"

    @property
    def part(self) -> Path:
        """File of the result."""
        return self.folder / "parts" / f"{self.id}.safetensors"

    def __call__(self) -> None:
        """Forecast, and put the result in its place."""
        rows = known(sequences(self.folder / "data.parquet"), self.fold, self.horizon)
        tensors: dict[str, np.ndarray] = {}
        names = []
        for number, trace in enumerate(self.entrant.trace(rows, self.fold)):
            self._check(trace)
            names.append(trace.sequence.name)
            tensors[f"{number}/q"] = np.ascontiguousarray(trace.q_THK)
            if trace.raw_THK is not None:
                tensors[f"{number}/raw"] = np.ascontiguousarray(trace.raw_THK)
        card = json.dumps({"series": names, "notes": self.entrant.notes})
        # A single entry: the order of several would differ from run to run.
        write_whole(self.part, save(tensors, metadata={"leg": card}))

    def _check(self, trace: Trace) -> None:
        """Refuse what is no distribution a bar and horizon: a user's own rival may err."""
        q_THK, name, series = trace.q_THK, self.entrant.name, trace.sequence.name
        wanted = (len(trace.sequence) - trace.first, self.horizon, self.levels)
        if q_THK.shape != wanted:
            message = (
                f"{name} forecast an array of shape {q_THK.shape} for {series!r}; it must be "
                f"{wanted}: origins, horizons, levels"
            )
            raise UsageError(message)
        if not (np.isfinite(q_THK).all() and (np.diff(q_THK, axis=-1) >= 0.0).all()):
            message = (
                f"{name} forecast quantiles of {series!r} that are not finite, or that cross; "
                f"sort them, and leave no NaN"
            )
            raise UsageError(message)


def walk(
    plan: Plan,
    folder: Path,
    executor: Executor,
    report: Callable[[int, int], None] | None = None,
) -> None:
    """Run what is missing of a plan; `gather` reads the forecasts.

    Parameters
    ----------
    plan : Plan
    folder : Path
        Made where there is none. A folder of the same plan is gone on with.
    executor : Executor
    report : callable, optional
        Called with the number of legs done and of all.

    Raises
    ------
    UsageError
        The folder holds another plan.
    ShortHistory
        No series is long enough in any fold.
    """
    _open(plan, folder)
    legs = _legs(plan, folder)
    if not legs:
        message = (
            f"no series has the {FEWEST_BARS + plan.horizon} bars before "
            f"{stamp(plan.folds[-1].start)} that a horizon of {plan.horizon} needs; give more "
            f"history, a later start or a longer window"
        )
        raise ShortHistory(message)
    missing = [leg for leg in legs if not leg.part.exists()]
    done = len(legs) - len(missing)
    for _ in executor.run(missing):
        done += 1
        if report is not None:
            report(done, len(legs))


def _legs(plan: Plan, folder: Path) -> list[Leg]:
    """Rivals before the forecaster: what they lack is found out before anything is trained."""
    return [
        Leg(folder, number, entrant, fold, plan.horizon, plan.levels)
        for fold in plan.folds
        if forecast_in(known(plan.rows, fold, plan.horizon), fold)
        for number, entrant in reversed(list(enumerate(plan.entrants)))
    ]


def _open(plan: Plan, folder: Path) -> None:
    """Put the plan and its data into the folder, or check that they are there."""
    asked = {"foretell": version("foretell"), "plan": plan.describe()}
    text = json.dumps(asked, indent=1, default=str)
    card = folder / "run.json"
    if card.exists():
        if card.read_text(encoding="utf-8") != text:
            message = f"{str(folder)!r} holds another run; choose another folder or delete it"
            raise UsageError(message)
        return
    make_folder(folder / "parts")
    as_frame(plan.rows).write_parquet(folder / "data.parquet")
    write_whole(card, text.encode())  # last: where it is, all else is


def gather(plan: Plan, folder: Path, number: int) -> list[Trace]:
    """Join the folds of one entrant; a series may begin in a later fold than others.

    Parameters
    ----------
    plan : Plan
        Walked before.
    folder : Path
    number : int
        Place of the entrant in the plan.

    Returns
    -------
    list of Trace
        One a series.
    """
    parts: dict[str, list[Mapping[str, np.ndarray]]] = {}
    begins: dict[str, int] = {}
    for leg in (each for each in _legs(plan, folder) if each.number == number):
        for name, arrays in _read(leg.part).items():
            parts.setdefault(name, []).append(arrays)
            begins.setdefault(name, leg.fold.start)
    traces = []
    for row in plan.rows:
        if row.name not in parts:
            continue
        found = parts[row.name]
        q_THK = np.concatenate([each["q"] for each in found])
        raw_THK = None
        if any("raw" in each for each in found):  # a fold may have been better without calibration
            raw_THK = np.concatenate([each.get("raw", each["q"]) for each in found])
        first = len(row.before(begins[row.name]))
        traces.append(Trace(row, first, q_THK, raw_THK))
    return traces


def _read(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """Arrays of each series in a part."""
    with safe_open(path, framework="numpy") as file:
        names = json.loads(file.metadata()["leg"])["series"]
        found: dict[str, dict[str, np.ndarray]] = {name: {} for name in names}
        for key in file.keys():  # noqa: SIM118
            number, kind = key.split("/")
            found[names[int(number)]][kind] = file.get_tensor(key)
    return found


def notes(plan: Plan, folder: Path) -> list[str]:
    """What entrants could not do as they should, each said once, with the number of legs."""
    count: dict[str, int] = {}
    for leg in _legs(plan, folder):
        with safe_open(leg.part, framework="numpy") as file:
            for series, note in json.loads(file.metadata()["leg"])["notes"].items():
                said = f"{leg.entrant.name}, series {series!r}: {note}"
                count[said] = count.get(said, 0) + 1
    return [f"{said} (in {times} of {len(plan.folds)} folds)" for said, times in count.items()]
