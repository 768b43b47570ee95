"""Centres that a level sequence may get, and how one is fitted on rows of the training span.

Axes: N rows of all series together, H horizons, M paths, S terms, P = M H.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from foretell.features import Anchor, Path, Readings, Season, blend, drawn

__all__ = ["Candidate", "candidates"]

MEMORIES = 3  # volatilities of the change, and of each path
COMMON_TERMS, PATH_TERMS = 4, 2  # terms that there always are, and those of each path after them


@dataclass(frozen=True)
class Candidate:
    """A way to make a centre.

    Attributes
    ----------
    kind : {"last", "path", "decaying", "drawn"}
        The last value; a path; a path and what is left of the distance from it, today's and the
        usual one of late; or least squares of all its paths and of the terms.
    paths : tuple of Path
        That it needs.
    """

    kind: str
    paths: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """What a report calls it."""
        told = " and ".join(path.told for path in self.paths)
        if self.kind == "drawn":
            return (
                f"least squares of recent values and {told}"
                if told
                else ("least squares of recent values")
            )
        decay = " with a decaying distance from it" if self.kind == "decaying" else ""
        return f"{told or 'last value'}{decay}"

    def fit(self, ahead_NH: np.ndarray, readings: Readings) -> Anchor:
        """Fit centre and scale.

        Parameters
        ----------
        ahead_NH : ndarray of float64
            Levels ahead; NaN where not known yet.
        readings : Readings
            Of N rows, with the candidate's own paths alone.
        """
        horizon, paths = ahead_NH.shape[1], len(self.paths)
        level_N1, scale_N1 = readings.level_T[:, None], np.exp(readings.volatility_TJ[:, 1:2])
        change_NH = (ahead_NH - level_N1) / scale_N1
        path_NMH = ((readings.path_TP - level_N1) / scale_N1).reshape(len(ahead_NH), paths, horizon)
        term_NS = readings.term_TS / scale_N1
        toward_HM, pull_HS = np.ones((horizon, paths)), np.zeros((horizon, term_NS.shape[1]))
        if self.kind == "decaying":
            none_N0H, own = path_NMH[:, :0], slice(COMMON_TERMS, None)
            _, pull_HS[:, own] = drawn(change_NH - path_NMH[:, 0], none_N0H, term_NS[:, own])
        elif self.kind == "drawn":
            toward_HM, pull_HS = drawn(change_NH, path_NMH, term_NS)
        unscaled = Anchor("", np.zeros((horizon, 0)), toward_HM, pull_HS)
        centre_NH = unscaled.centre(readings.level_T, readings.path_TP, readings.term_TS)
        memories = list(range(readings.volatility_TJ.shape[1]))
        scaled = blend(
            f"{self.name}, errors at three memories",
            ahead_NH - centre_NH,
            readings.volatility_TJ,
            memories,
        )
        return replace(scaled, toward_HM=toward_HM, pull_HS=pull_HS)

    def own(self, readings: Readings, paths: tuple[Path, ...]) -> Readings:
        """Of readings with more paths, the part that those with its own paths alone would be."""
        horizon = readings.path_TP.shape[-1] // max(len(paths), 1)
        volatility, path, term = self._columns(paths, horizon)
        return readings._replace(
            volatility_TJ=readings.volatility_TJ[:, volatility],
            path_TP=readings.path_TP[:, path],
            term_TS=readings.term_TS[:, term],
        )

    def spread(self, anchor: Anchor, paths: tuple[Path, ...]) -> Anchor:
        """The same anchor for readings with more paths, of which it makes nothing."""
        horizon = len(anchor.weight_HJ)
        volatility, toward, term = self._columns(paths, 1)
        weight_HJ = np.zeros((horizon, MEMORIES * (1 + len(paths))))
        toward_HM = np.zeros((horizon, len(paths)))
        pull_HS = np.zeros((horizon, COMMON_TERMS + PATH_TERMS * len(paths)))
        weight_HJ[:, volatility] = anchor.weight_HJ
        toward_HM[:, toward], pull_HS[:, term] = anchor.toward_HM, anchor.pull_HS
        return Anchor(anchor.name, weight_HJ, toward_HM, pull_HS)

    def _columns(
        self, paths: tuple[Path, ...], horizon: int
    ) -> tuple[list[int], list[int], list[int]]:
        """Where its own volatilities, levels ahead and terms are among those of more paths."""
        numbers = [paths.index(path) for path in self.paths]
        groups = [0, *(1 + number for number in numbers)]
        terms = [COMMON_TERMS + PATH_TERMS * each for each in numbers]
        return (
            [MEMORIES * group + memory for group in groups for memory in range(MEMORIES)],
            [horizon * number + step for number in numbers for step in range(horizon)],
            [
                *range(COMMON_TERMS),
                *(first + place for first in terms for place in range(PATH_TERMS)),
            ],
        )


def candidates(paths: tuple[Path, ...]) -> Iterator[Candidate]:
    """Everything that is tried, from the plainest on."""
    yield Candidate("last")
    for path in paths:
        yield Candidate("path", (path,))
    for path in paths:
        yield Candidate("decaying", (path,))
    yield Candidate("drawn")
    for path in paths:
        yield Candidate("drawn", (path,))
    seasons = tuple(path for path in paths if isinstance(path, Season))
    several = {each for each in (seasons, paths) if len(each) > 1}
    for each in sorted(several, key=len):
        yield Candidate("drawn", each)
