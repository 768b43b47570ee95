"""The leak audit: change the future, run again, compare bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from foretell.errors import UsageError
from foretell.forecast import Forecaster
from foretell.proof.certificate import Certificate
from foretell.proof.chain import Retrained, Weighed
from foretell.proof.examination import Examination, Plan, Report, draw_cuts
from foretell.proof.outputs import Output
from foretell.proof.perturbations import EVERY, KNOWN_LATER, ONE_SERIES
from foretell.proof.record import hold_out
from foretell.proof.tape import Tape
from foretell.series import canonical, instant, sequences, stamp

__all__ = ["audit"]

CUTS = 10
AT_THE_SPLIT = ("noise", "thousandfold", "nothing", "next bar", "no next bar")
AFTER_IT = ("another path",)  # once more in the middle, as trainings take time


def audit(
    pipeline: Forecaster | Callable[[Any], Any],
    frame: Any,
    *,
    until: str | date | datetime | None = None,
    cuts: int = CUTS,
    seed: int = 0,
    ignore: tuple[str, ...] = ("actual",),
    report: Report | None = None,
) -> Certificate:
    """Look for leaks: forecasts that change with what comes after them.

    At every cut the bars that follow are replaced (jittered, another path, a thousand times
    larger and smaller, halted), taken away, or thinned out; and the very next bar alone is
    replaced, and deleted. The pipeline is run again, and every forecast known by the cut must
    be the same, bit for bit. Of a `Forecaster` the training is audited too: what it learns
    before `until` must not change with what comes later. Columns that it declares as known in
    advance are left alone, but for one change: farther ahead than its horizon.

    Parameters
    ----------
    pipeline : callable or Forecaster
        A callable takes a frame and returns a table of forecasts with the columns ``series``
        (unless there is but one), ``origin`` (open time of the last bar known), perhaps
        ``horizon``, and any others; all of these are compared. It is given pandas where `frame`
        is pandas, else polars, and must read nothing but what it is given.
    frame : path or object
        The whole history, in any form that `foretell.series.table` reads. Columns beyond candles
        are changed like them. For a callable, series may differ in their step.
    until : str, date or datetime, optional
        For a Forecaster: exclusive end of the training that is audited. By default the end of
        its own training where bars follow it, else that of the first four fifths.
    cuts : int
        How many, spread over the span of the forecasts; two more where there are gaps.
    seed : int
    ignore : tuple of str
        Columns that are no forecasts.
    report : callable, optional
        Called with a title, re-runs done, and re-runs planned.

    Returns
    -------
    Certificate
        With ``clean`` and ``findings``; ``str()`` is a sentence.

    Raises
    ------
    UsageError
        No forecast has a bar after it, or an argument cannot be meant.
    FrameError
        The frame has no time, or the forecasts have no origin.
    """
    for name, value, least in (("cuts", cuts, 2), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            message = f"{name} is {value!r}; give a whole number from {least}"
            raise UsageError(message)
    if isinstance(pipeline, Forecaster):
        examinations = _forecaster(pipeline, frame, until, cuts, seed, report)
        subject = f"{type(pipeline).__name__}(horizon={pipeline.horizon})"
    else:
        if until is not None:
            message = "until is for a Forecaster; a callable holds its own split"
            raise UsageError(message)
        examinations = [_callable(pipeline, frame, cuts, seed, ignore, report)]
        named = getattr(pipeline, "func", pipeline)  # inside a functools.partial
        subject = getattr(named, "__name__", type(named).__name__)
    return _certificate(subject, examinations, seed)


def _callable(
    pipeline: Callable[[Any], Any],
    frame: Any,
    cuts: int,
    seed: int,
    ignore: tuple[str, ...],
    report: Report | None,
) -> Examination:
    tape = Tape.read(frame)

    def run(given: Any) -> Output:
        return Output.read(pipeline(given), tape, ignore)

    examination = Examination(run, tape, seed, "forecasts", report)
    examination.carry_out(_plan(examination.reference, tape, cuts, seed))
    return examination


def _plan(reference: Output, tape: Tape, cuts: int, seed: int) -> Plan:
    tried = [*EVERY, *([ONE_SERIES] if len(tape.names) > 1 else [])]
    tried += [KNOWN_LATER] if tape.known else []
    return [(each, cut) for cut in draw_cuts(reference, tape, cuts, seed) for each in tried]


def _forecaster(
    model: Forecaster,
    frame: Any,
    until: str | date | datetime | None,
    cuts: int,
    seed: int,
    report: Report | None,
) -> list[Examination]:
    tape = Tape.read(canonical(frame, model.target, model.extra), model.horizon)
    split = _split(model, tape) if until is None else instant(until)
    plan = _training_plan(tape, split)
    retrained = Retrained(model, tape, split)
    training = Examination(retrained, tape, seed, "training", report)
    training.carry_out(plan)
    fitted = model if model.about else retrained.fitted(tape.frame)
    forecasts = Examination(Weighed(fitted, tape), tape, seed, "forecasts", report)
    forecasts.carry_out(_plan(forecasts.reference, tape, cuts, seed))
    return [training, forecasts]


def _split(model: Forecaster, tape: Tape) -> int:
    if model.about:
        later = tape.time_N[tape.time_N > instant(model.about["data"]["last"])]
        if later.size:
            return int(later.min())
    return hold_out(sequences(tape.frame))


def _training_plan(tape: Tape, split: int) -> Plan:
    known = tape.known_N[tape.time_N < split]
    later = np.unique(tape.known_N[tape.time_N >= split])
    if not known.size or not later.size:
        side = "from" if known.size else "before"
        message = f"no bar opens {side} {stamp(split)}; give bars on both sides of until"
        raise UsageError(message)
    by_name = {each.name: each for each in EVERY}
    plan = [(by_name[name], int(known.max())) for name in AT_THE_SPLIT]
    plan += [(KNOWN_LATER, int(known.max()))] if tape.known else []
    return plan + [(by_name[name], int(later[len(later) // 2])) for name in AFTER_IT]


def _certificate(subject: str, examinations: list[Examination], seed: int) -> Certificate:
    last = examinations[-1]
    labels = sorted({each.label(cut) for each in examinations for cut in each.cuts})
    return Certificate(
        subject=subject,
        tried={name: count for each in examinations for name, count in each.tried.items()},
        cuts=tuple(labels),
        forecasts=len(last.reference.frame),
        seed=seed,
        frame_sha256=last.tape.sha256,
        forecasts_sha256=last.reference.sha256,
        version=version("foretell"),
        findings=tuple(found for each in examinations for found in each.findings(subject)),
    )
