"""Re-runs of one pipeline on one frame with other futures, and what they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from foretell.errors import UsageError
from foretell.proof.certificate import Finding, listed
from foretell.proof.outputs import Difference, Output
from foretell.proof.perturbations import Perturbation
from foretell.proof.tape import Tape
from foretell.series import stamp

__all__ = ["Examination", "Plan", "Report", "draw_cuts"]

Report = Callable[[str, int, int], None]
Plan = list[tuple[Perturbation, int]]

HOLE_CUTS = 2
BY_COUNT = (
    " Only how many bars follow matters: split at a date, not at a share of the rows, and keep "
    "rows whose target is still to come."
)


@dataclass
class _Hit:
    """The first re-run in which a perturbation changed what it must not, or made it fail."""

    perturbation: Perturbation
    cut: int
    difference: Difference | None
    error: str
    cuts: int = 1


class Examination:
    """Run a pipeline as it is, and again with other futures.

    Parameters
    ----------
    run : callable
        From a frame to an `Output`.
    tape : Tape
    seed : int
    title : str
        Told to `report`, and put before the names of the perturbations.
    report : callable, optional
        Called with the title, re-runs done and re-runs planned.
    """

    def __init__(
        self, run: Callable[[Any], Output], tape: Tape, seed: int, title: str, report: Report | None
    ) -> None:
        self.tape = tape
        self.tried: Counter[str] = Counter()
        self.cuts: list[int] = []
        self._run = run
        self._seed = seed
        self._title = title
        self._report = report or (lambda *_: None)
        self._hits: dict[tuple[str, bool], _Hit] = {}
        self._heard = False
        self.reference = run(self._as_it_is())
        self._unstable = self.reference.difference(run(self._as_it_is()))

    def _as_it_is(self) -> Any:
        return self.tape.without(np.zeros(len(self.tape.frame), dtype=bool))

    def carry_out(self, plan: Plan) -> None:
        """Try every perturbation at its cut; a pipeline that is not stable is left alone."""
        if self._unstable is not None:
            return
        self.cuts = sorted({cut for _, cut in plan})
        for done, (perturbation, cut) in enumerate(plan, start=1):
            if perturbation.touched(self.tape, cut, self._draw(cut)).any():
                self._try(perturbation, cut)
            self._report(self._title, done, len(plan))

    def _draw(self, cut: int) -> tuple[int, ...]:
        return (self._seed, cut - int(self.tape.known_N.min()))  # seeds are not negative

    def _try(self, perturbation: Perturbation, cut: int) -> None:
        self.tried[f"{self._title}: {perturbation.name}"] += 1
        changed = perturbation.apply(self.tape, cut, self._draw(cut))
        try:
            other = self._run(changed)
        except Exception as error:  # noqa: BLE001 - whatever a pipeline raises is a finding
            self._hit(perturbation, cut, None, f"{type(error).__name__}: {error}")
            return
        if perturbation.columns is not None:
            self._heard = self._heard or not self.reference.frame.equals(other.frame)
        difference = self.reference.difference(other, cut)
        if difference is not None:
            self._hit(perturbation, cut, difference, "")

    def _hit(
        self, perturbation: Perturbation, cut: int, difference: Difference | None, error: str
    ) -> None:
        key = (perturbation.name, bool(error))
        if key in self._hits:
            self._hits[key].cuts += 1
        else:
            self._hits[key] = _Hit(perturbation, cut, difference, error)

    # -- what follows ------------------------------------------------------------------------

    def findings(self, subject: str) -> list[Finding]:
        """Everything that is wrong; a pipeline that is not stable, or deaf, has one finding."""
        if self._unstable is not None:
            return [self._unstable_finding(subject, self._unstable)]
        if not self._hits and self.tried and not self._heard:
            sentence = (
                f"no forecast of {subject} changed with the frame, not even those made after the "
                f"cuts; the pipeline must read the frame that it is given."
            )
            return [Finding("deaf", sentence)]
        by_count = all(hit.perturbation.columns is None for hit in self._hits.values())
        return [self._finding(subject, hit, by_count=by_count) for hit in self._hits.values()]

    def _unstable_finding(self, subject: str, difference: Difference) -> Finding:
        what = listed(difference.columns) or "the rows"
        sentence = (
            f"two runs of {subject} on the same frame differ ({what}), so nothing can be said of "
            f"leaks; fix its random seeds."
        )
        origin = None if difference.origin is None else stamp(difference.origin)
        return Finding(
            "unstable", sentence, series=difference.series, origin=origin,
            columns=difference.columns,
        )  # fmt: skip

    def _finding(self, subject: str, hit: _Hit, *, by_count: bool) -> Finding:
        cut, name = self.label(hit.cut), hit.perturbation.name
        tried = self.tried[f"{self._title}: {name}"]
        where = f"after {cut}, at {hit.cuts} of {tried} cut{'s' if tried != 1 else ''}"
        if hit.difference is None:
            sentence = f"{subject} fails when {hit.perturbation.phrase} ({where}): {hit.error}"
            return Finding("failure", sentence, name, cut, hit.cuts)
        found = hit.difference
        ahead, to_the_end = self._reach(hit, found)
        bars = f"{ahead} bar{'s' if ahead != 1 else ''}"
        sees = f"sees to the end of the data, {bars} ahead" if to_the_end else f"sees {bars} ahead"
        origin = None if found.origin is None else stamp(found.origin)
        sentence = (
            f"{_who(subject, found, origin)} {sees}: {_what(found)} when "
            f"{hit.perturbation.phrase} ({where}).{BY_COUNT if by_count else ''}"
        )
        return Finding(
            "leak", sentence, name, cut, hit.cuts, found.series, origin, ahead, to_the_end,
            found.columns,
        )  # fmt: skip

    def label(self, cut: int) -> str:
        """The last bar known at a cut, by its open."""
        return stamp(int(self.tape.time_N[~self.tape.later(cut)].max()))

    def _reach(self, hit: _Hit, found: Difference) -> tuple[int, bool]:
        """How many bars ahead the leak reaches, and whether these are all there are."""
        instants = np.unique(self.tape.known_N[self.tape.later(hit.cut)])
        if hit.perturbation.whole:
            last = int(instants[self._latest(hit, found, instants)])
        else:
            touched_N = hit.perturbation.touched(self.tape, hit.cut, self._draw(hit.cut))
            last = int(self.tape.known_N[touched_N].min())
        known = hit.cut
        own_N = np.ones(len(self.tape.frame), dtype=bool)
        if found.series is not None and found.origin is not None:
            known = int(self.tape.closes(found.series, np.array([found.origin]))[0])
            if found.series in self.tape.names:
                own_N = self.tape.series_N == found.series
        closes = np.unique(self.tape.known_N[own_N])
        ahead = int(((closes > known) & (closes <= last)).sum())
        return max(ahead, 1), len(instants) > 1 and last == int(instants[-1])

    def _latest(self, hit: _Hit, found: Difference, instants: np.ndarray) -> int:
        """By bisection, the last instant from which on a change still matters."""
        low, high = 0, len(instants) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._matters(hit, found, int(instants[middle]) - 1):
                low = middle
            else:
                high = middle - 1
        return low

    def _matters(self, hit: _Hit, found: Difference, cut: int) -> bool:
        changed = hit.perturbation.apply(self.tape, cut, self._draw(hit.cut))
        try:
            other = self._run(changed)
        except Exception:  # noqa: BLE001 - a failure tells nothing of this forecast
            return False
        if found.series is None or found.origin is None:
            return self.reference.difference(other, hit.cut) is not None
        ours, theirs = (each.at(found.series, found.origin) for each in (self.reference, other))
        return ours.difference(theirs) is not None


def _who(subject: str, found: Difference, origin: str | None) -> str:
    if origin is None:
        return f"the training of {subject}"
    return f"the forecast of {found.series!r} at {origin} by {subject}"


def _what(found: Difference) -> str:
    if found.kind == "missing":
        return "it is missing"
    if found.kind == "extra":
        return "it is there only"
    verb = "changes" if len(found.columns) == 1 else "change"
    return f"{listed(found.columns)} {verb}"


def draw_cuts(reference: Output, tape: Tape, count: int, seed: int) -> list[int]:
    """Instants at which to change the future.

    The first forecast and the last that has a future; in between one at random in each of equal
    parts of the span; and a few before gaps and missing values, where a back-fill would show.

    Raises
    ------
    UsageError
        No forecast has a bar after it.
    """
    instants = reference.frame.get_column("known").unique().sort().to_numpy()
    instants = instants[instants < tape.known_N.max()]
    if not instants.size:
        message = (
            "no forecast of the pipeline has a bar after it, so there is no future to change; "
            "return a forecast from every bar"
        )
        raise UsageError(message)
    rng = np.random.default_rng(seed)
    parts = np.array_split(instants[1:-1], max(count - 2, 1))
    inside = [int(rng.choice(part)) for part in parts if part.size and count > 2]
    holes = np.intersect1d(tape.holes(), instants)
    before = rng.choice(holes, min(HOLE_CUTS, holes.size), replace=False)
    ends: Iterable[int] = (instants[0], instants[-1])
    return sorted({int(cut) for cut in (*ends, *inside, *before)})
