"""The whole of a backtest: walk, score, compare, trade, judge."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from collections.abc import Sequence as Rows
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from foretell.errors import MissingExtra, ShortHistory, UsageError
from foretell.forecast import RIVALS, Forecaster, Rival, Trace, suited
from foretell.proof.certificate import Certificate
from foretell.proof.confidence_set import ConfidenceSet, model_confidence_set
from foretell.proof.entrants import Contestant, entrant
from foretell.proof.evaluation import Entry, evaluate
from foretell.proof.executor import Executor, InOrder
from foretell.proof.folds import folds
from foretell.proof.ledger import Ledger
from foretell.proof.market import FEWEST_BARS, TYPICAL_COSTS, Costs
from foretell.proof.money import Money, enter, enter_untraded, trade_all
from foretell.proof.result import Backtest
from foretell.proof.scores import skill
from foretell.proof.significance import FEWEST_ORIGINS, diebold_mariano
from foretell.proof.verdict import Verdict
from foretell.proof.walk import Plan, gather, notes, walk
from foretell.series import Sequence, instant, sequences, stamp

__all__ = ["backtest"]


def backtest(
    model: Forecaster,
    frame: Any,
    start: str | date | datetime | int,
    *,
    refit: int | None = None,
    window: int | None = None,
    embargo: int = 0,
    rivals: Rows[str | Rival] | None = None,
    costs: Costs = TYPICAL_COSTS,
    folder: str | Path | None = None,
    executor: Executor | None = None,
    ledger: Ledger | None = None,
    certificate: Certificate | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Forecast from every bar from an instant on as it would have been done then; judge that.

    Every forecast is made by a model that was trained on bars before it alone, and beside rivals
    that were fitted at the same instants on the same bars.

    Parameters
    ----------
    model : Forecaster
        Fitted, it is used as it is, and must have been trained on bars before `start` alone.
        Otherwise, or with `refit`, fresh ones with its parameters are trained.
    frame : path or object
        One or many series.
    start : str, date, datetime or int
        Every bar from here on is an origin.
    refit : int, optional
        Bars between two fits; by default there is one, at `start`.
    window : int, optional
        Bars that are learned from at most, a sliding window; by default all before.
    embargo : int
        Bars before each fit's first origin that are not learned from. Targets that reach over
        the fit are never learned from, with or without it.
    rivals : list of str or Rival
        Keys of `foretell.forecast.RIVALS`, or a user's own; by default all that
        have something to say of such a sequence.
    costs : Costs
        Of the trading simulation.
    folder : path, optional
        Keeps the parts, so that an interrupted run goes on where it was; by default a folder
        that is gone afterwards.
    executor : Executor, optional
        Who runs the fits, such as ``foretell.execution.Processes()``; by default this process.
    ledger : Ledger, optional
        Counts the trials; by default the user's.
    certificate : Certificate, optional
        Of `foretell.audit`, to be shown with the result.
    report : callable, optional
        Called with the number of fits done and of all.

    Raises
    ------
    DataError
        The frame is wrong, or there are too few bars.
    UsageError
        A rival is not known, the model has seen bars from `start` on, or the folder holds
        another run.
    MissingExtra
        A rival needs a library that is not installed.
    """
    rows = tuple(sequences(frame, model.target))
    chosen = suited(priced=rows[0].priced) if rivals is None else rivals
    levels_K, began = np.array(model.quantiles, dtype=np.float64), instant(start)
    with ExitStack() as stack:
        if folder is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="foretell-"))
        place = Path(folder)
        plan = Plan(
            rows,
            tuple(folds(rows, began, refit, embargo, window)),
            (entrant(model, began, refit, place), *_contestants(chosen, model.horizon, levels_K)),
            model.horizon,
            len(levels_K),
            window,
        )
        walk(plan, place, executor or InOrder(), report)
        own = gather(plan, place, 0)
        entries = (evaluate(plan.entrants[0].name, own, levels_K), *_others(plan, place, levels_K))
        told = notes(plan, place)
    settings = plan.describe()
    money = _money(own, levels_K, costs, settings, ledger or Ledger())  # counted come what may
    return Backtest(
        traces=tuple(own),
        levels_K=levels_K,
        entries=entries,
        verdict=_verdict(entries, model.horizon),
        best=_best(entries, model.horizon, told),
        money=money,
        settings=settings,
        notes=tuple(told),
        certificate=certificate,
    )


def _contestants(rivals: Rows[str | Rival], horizon: int, levels_K: np.ndarray) -> list[Contestant]:
    chosen = []
    for each in rivals:
        if isinstance(each, Rival):
            chosen.append(Contestant(each))
        elif each in RIVALS:
            chosen.append(Contestant(RIVALS[each](horizon, levels_K)))
        else:
            message = f"no rival {each!r}; choose from {', '.join(RIVALS)}"
            raise UsageError(message)
    names = [each.name for each in chosen]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        message = f"two rivals are called {twice!r}; name each once, and give your own other names"
        raise UsageError(message)
    if not chosen:
        message = "no rivals; a backtest without one proves nothing: give at least 'random-walk'"
        raise UsageError(message)
    return chosen


def _others(plan: Plan, folder: Path, levels_K: np.ndarray) -> list[Entry]:
    """Score the rivals one after the other: all their forecasts together may be gigabytes."""
    return [
        evaluate(each.name, gather(plan, folder, number), levels_K)
        for number, each in enumerate(plan.entrants[1:], start=1)
    ]


def _verdict(entries: Rows[Entry], horizon: int) -> Verdict:
    own, *others = entries
    if len(own.time_T) < FEWEST_ORIGINS:
        message = (
            f"{len(own.time_T)} origins have all {horizon} targets, and a verdict needs "
            f"{FEWEST_ORIGINS}; give an earlier start or a shorter horizon"
        )
        raise ShortHistory(message)
    results = [
        (
            each.name,
            skill(own.board.overall["pinball"], each.board.overall["pinball"]),
            diebold_mariano(own.loss_T, each.loss_T, horizon).p_value,
        )
        for each in others
    ]
    coverage = {
        name.removeprefix("coverage_"): value
        for name, value in own.board.overall.items()
        if name.startswith("coverage_")
    }
    return Verdict.of(
        results,
        coverage,
        origins=len(own.time_T),
        first=stamp(int(own.time_T[0])),
        last=stamp(int(own.time_T[-1])),
        horizon=horizon,
    )


def _best(entries: Rows[Entry], horizon: int, told: list[str]) -> ConfidenceSet | None:
    """The confidence set; without its library the rest of the result still stands, with a note."""
    if len(entries) < 3:  # with a single rival the verdict says it all
        return None
    try:
        return model_confidence_set({each.name: each.loss_T for each in entries}, horizon)
    except MissingExtra as missing:
        told.append(str(missing))
        return None


def _money(
    traces: Rows[Trace],
    levels_K: np.ndarray,
    costs: Costs,
    settings: dict[str, Any],
    ledger: Ledger,
) -> Money | None:
    traded = [trace for trace in traces if len(trace.q_THK) >= FEWEST_BARS]
    if not traded or not all(trace.sequence.priced for trace in traded):
        enter_untraded(traces, settings, ledger)
        return None
    rows: list[Sequence] = [trace.sequence for trace in traded]
    return enter(trade_all(traded, levels_K, costs), rows, settings, ledger)
