"""Which anchor a training span gets: candidates, and the pinball loss that decides.

Axes: N rows of all series together, H horizons, K quantiles, J memories, M paths, S terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Rows
from dataclasses import dataclass, replace

import numpy as np

from foretell.features import (
    Anchor,
    Layout,
    Readings,
    blend,
    decaying,
    drawn,
    prior_quantiles,
    read,
    single,
)
from foretell.forecast.pinball import pinball
from foretell.forecast.seasonality import SEASONS_NEEDED
from foretell.forecast.targets import ahead
from foretell.series import Sequence

__all__ = ["SETTLING", "Chosen", "choose", "settling"]

SETTLING = 20  # first bars of a series, in which volatility is still a guess
EARLY_SHARE = 0.7  # of a series, which candidates are fitted on; the rest judges them
MARGIN = 0.005  # of its loss that a simpler candidate may lose and still be taken
MOST_BARS = 30_000  # read for the choice
MOST_TARGETS = 400_000  # rows times horizons that it looks at


@dataclass(frozen=True)
class Chosen:
    """The anchor of a training span.

    Attributes
    ----------
    layout : Layout
    anchor : Anchor
    readings : iterable of Readings
        Of each span, by that layout.
    """

    layout: Layout
    anchor: Anchor
    readings: Iterable[Readings]


def choose(
    spans: Rows[Sequence],
    horizon: int,
    levels_K: np.ndarray,
    periods: tuple[int, ...],
    log: bool | None,
) -> Chosen:
    """Take the anchor with the lowest pinball loss on the training span.

    Parameters
    ----------
    spans : list of Sequence
    horizon : int
    levels_K : ndarray of float64
        Quantile levels.
    periods : tuple of int
        Seasons that levels may have, in bars.
    log : bool, optional
        Whether levels are read in logs; by default where that is better.
    """
    if spans[0].priced:
        return _choose_prices(spans, horizon, levels_K)
    return _choose_levels(spans, Layout(spans[0].columns, horizon, False, periods), levels_K, log)


def settling(layout: Layout, bars: int) -> int:
    """First bars of a series whose readings are still guesses: a season, if there are several."""
    season = max(layout.periods, default=0)
    return max(SETTLING, season) if bars >= SEASONS_NEEDED * season else SETTLING


# -- prices ----------------------------------------------------------------------------------


def _choose_prices(spans: Rows[Sequence], horizon: int, levels_K: np.ndarray) -> Chosen:
    layout = Layout(spans[0].columns, horizon)
    readings = [read(layout.reader(span.frequency), span) for span in spans]
    error_NH = np.concatenate(
        [(ahead(each.level_T, horizon) - each.level_T[:, None])[SETTLING:] for each in readings]
    )
    volatility_NJ = np.concatenate([each.volatility_TJ[SETTLING:] for each in readings])
    losses = []
    for anchor in _price_anchors(error_NH, volatility_NJ):
        scale_NH = anchor.scale(volatility_NJ)
        prior_HK = prior_quantiles(error_NH / scale_NH, levels_K)
        loss_NH = pinball(error_NH, scale_NH[..., None] * prior_HK, levels_K)
        losses.append((float(np.nanmean(loss_NH)), anchor))
    return Chosen(layout, min(losses, key=lambda pair: pair[0])[1], readings)


def _price_anchors(error_NH: np.ndarray, volatility_NJ: np.ndarray) -> Iterator[Anchor]:
    horizon, memories = error_NH.shape[1], volatility_NJ.shape[1]
    yield single("random walk, EWMA volatility", horizon, memories, chosen=memories - 1)
    yield blend(
        "random walk, range volatility at three memories", error_NH, volatility_NJ, [0, 1, 2]
    )


# -- levels ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Candidate:
    """A way to make a centre.

    Attributes
    ----------
    kind : {"naive", "decaying", "drawn"}
        The path itself; the path and what is left of today's distance from it; or least squares
        of all paths and terms.
    periods : tuple of int
        Seasons that it needs.
    """

    kind: str
    periods: tuple[int, ...]

    @property
    def name(self) -> str:
        """What a report calls it."""
        seasons = " and ".join(f"{period} bars before" for period in self.periods)
        if self.kind == "drawn":
            return "least squares of recent levels" + (f" and values {seasons}" * bool(seasons))
        if not self.periods:
            return "last value"
        left = " with a decaying distance from it" if self.kind == "decaying" else ""
        return f"value {seasons}{left}"


def _candidates(periods: tuple[int, ...]) -> Iterator[_Candidate]:
    """From the plainest on: a later one has to be better by a margin."""
    yield _Candidate("naive", ())
    for kind in ("naive", "decaying"):
        for period in periods:
            yield _Candidate(kind, (period,))
    yield _Candidate("drawn", ())
    for period in periods:
        yield _Candidate("drawn", (period,))
    if len(periods) > 1:
        yield _Candidate("drawn", periods)


def _choose_levels(
    spans: Rows[Sequence], layout: Layout, levels_K: np.ndarray, log: bool | None
) -> Chosen:
    best: tuple[float, Layout, _Candidate] | None = None
    for in_logs in _logs(spans, log):
        samples: dict[tuple[int, ...], _Sample] = {}
        for candidate in _candidates(layout.periods):
            own = replace(layout, log=in_logs, periods=candidate.periods)
            if candidate.periods not in samples:
                samples[candidate.periods] = _Sample.read(spans, own)
            loss = samples[candidate.periods].loss(candidate, levels_K)
            if best is None or loss < best[0] * (1.0 - MARGIN):
                best = (loss, own, candidate)
    assert best is not None  # there is always a candidate
    _, chosen, candidate = best
    anchor = _Sample.read(spans, chosen).fit(candidate, early=False)
    return Chosen(chosen, anchor, (read(chosen.reader(span.frequency), span) for span in spans))


def _logs(spans: Rows[Sequence], log: bool | None) -> tuple[bool, ...]:
    if log is not None:
        return (log,)
    positive = all(float(span.target_T.min()) > 0.0 for span in spans)
    return (False, True) if positive else (False,)


@dataclass(frozen=True)
class _Sample:
    """Settled rows of some spans, spread over all of their length.

    Attributes
    ----------
    layout : Layout
    readings : Readings
        Of N rows.
    ahead_NH : ndarray of float64
        Levels ahead.
    size_N : ndarray of float64
        What a loss in units is counted in: the mean change of the row's series, bar by bar.
    early_N, late_N : ndarray of bool
        Rows that candidates are fitted on, and rows that judge them.
    """

    layout: Layout
    readings: Readings
    ahead_NH: np.ndarray
    size_N: np.ndarray
    early_N: np.ndarray
    late_N: np.ndarray

    @classmethod
    def read(cls, spans: Rows[Sequence], layout: Layout) -> _Sample:
        """Step through some of the spans, and keep some of their rows."""
        bars = sum(map(len, spans))
        some = spans[:: max(1, bars // MOST_BARS)]
        every = max(1, sum(map(len, some)) * layout.horizon // MOST_TARGETS)
        parts = [_part(span, layout, every) for span in some]
        readings = Readings(*map(np.concatenate, zip(*(each[0] for each in parts), strict=True)))
        return cls(layout, readings, *(np.concatenate(each) for each in list(zip(*parts))[1:]))

    def fit(self, candidate: _Candidate, *, early: bool) -> Anchor:
        """Fit a candidate, on the early rows or on all."""
        rows = self.early_N if early else np.ones_like(self.early_N)
        readings, horizon = Readings(*(each[rows] for each in self.readings)), self.layout.horizon
        scale_N1 = np.exp(readings.volatility_TJ[:, 1:2])
        level_N1 = readings.level_T[:, None]
        change_NH = (self.ahead_NH[rows] - level_N1) / scale_N1
        path_NP = (readings.path_TP - level_N1) / scale_N1
        path_NMH = path_NP.reshape(len(path_NP), len(candidate.periods), horizon)
        term_NS = readings.term_TS / scale_N1
        toward_HM = np.ones((horizon, len(candidate.periods)))
        pull_HS = np.zeros((horizon, term_NS.shape[1]))
        if candidate.kind == "decaying":
            pull_HS[:, -1] = decaying(change_NH, path_NMH[:, 0], term_NS[:, -1])
        elif candidate.kind == "drawn":
            toward_HM, pull_HS = drawn(change_NH, path_NMH, term_NS)
        centred = Anchor(candidate.name, np.zeros((horizon, 0)), toward_HM, pull_HS)
        error_NH = self.ahead_NH[rows] - centred.centre(
            readings.level_T, readings.path_TP, readings.term_TS
        )
        memories = list(range(readings.volatility_TJ.shape[1]))
        name = f"{candidate.name}, errors at three memories"
        scaled = blend(name, error_NH, readings.volatility_TJ, memories)
        return replace(scaled, toward_HM=toward_HM, pull_HS=pull_HS)

    def loss(self, candidate: _Candidate, levels_K: np.ndarray) -> float:
        """Mean pinball loss on the late rows, each in the size of its series."""
        anchor = self.fit(candidate, early=True)
        level_N, volatility_NJ, path_NP, term_NS = self.readings[1:]
        centre_NH = anchor.centre(level_N, path_NP, term_NS)
        scale_NH = anchor.scale(volatility_NJ)
        z_NH = (self.ahead_NH - centre_NH) / scale_NH
        prior_HK = prior_quantiles(z_NH[self.early_N], levels_K)
        late, outward = self.late_N, self.layout.outward
        q_NHK = outward(centre_NH[late, :, None] + scale_NH[late, :, None] * prior_HK)
        loss_NH = pinball(outward(self.ahead_NH[late]), q_NHK, levels_K)
        return float(np.nanmean(loss_NH / self.size_N[late, None]))


def _part(span: Sequence, layout: Layout, every: int) -> tuple[Readings, ...]:
    """One span's share of a sample."""
    readings = read(layout.reader(span.frequency), span)
    bars = len(span)
    rows = np.arange(settling(layout, bars), bars, every)
    cut = round(EARLY_SHARE * bars)
    size = max(float(np.abs(np.diff(span.target_T[:cut])).mean()), 1e-300)
    return (
        Readings(*(each[rows] for each in readings)),
        ahead(readings.level_T, layout.horizon)[rows],
        np.full(len(rows), size),
        rows < cut - layout.horizon,
        rows >= cut,
    )
