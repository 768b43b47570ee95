"""Which anchor a training span gets: candidates compete by pinball loss.

Axes: N rows of all series together, H horizons, K quantiles, J memories.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Rows
from dataclasses import dataclass, replace

import numpy as np

from foretell.errors import DataError
from foretell.features import (
    Anchor,
    Layout,
    Path,
    Readings,
    blend,
    fitted_effects,
    prior_quantiles,
    read,
    single,
)
from foretell.forecast.candidates import Candidate, candidates
from foretell.forecast.pinball import pinball
from foretell.forecast.targets import ahead
from foretell.forecast.trending import damped_trend
from foretell.series import Sequence, stamp

__all__ = ["SETTLING", "Chosen", "choose_levels", "choose_prices", "settling"]

SETTLING = 20  # first bars of a series, in which volatility is still a guess
EARLY_SHARE = 0.7  # of a series, which candidates are fitted on; the rest judges them
MARGIN = 0.005  # of its loss that a plainer candidate may lose and still be taken
MOST_BARS = 30_000  # read for the choice
MOST_TARGETS = 400_000  # rows times horizons that it looks at
# Largest over smallest values, the outermost twentieths aside, from which logs are tried: with
# less, values and their logs move alike.
WIDE = 4.0
SMALLEST = 1e-300  # size of a series that does not move


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


def settling(layout: Layout, bars: int) -> int:
    """First bars of a series that are not learned from: there readings are still guesses.

    In a series too short for its seasons they stay guesses, and it is learned from all the same.
    """
    return max(SETTLING, layout.settling) if bars >= 2 * layout.settling else SETTLING


def choose_prices(spans: Rows[Sequence], horizon: int, levels_K: np.ndarray) -> Chosen:
    """Take the volatility with the lowest pinball loss over the whole span around the last close.

    A candidate has three weights a horizon or none, so that its loss on what it was fitted on is
    honest enough.
    """
    layout = Layout(spans[0].columns, horizon)
    readings = [read(layout.reader(span.frequency), span, horizon) for span in spans]
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


def choose_levels(
    spans: Rows[Sequence],
    horizon: int,
    levels_K: np.ndarray,
    paths: tuple[Path, ...],
    *,
    kept: tuple[Path, ...] = (),
    log: bool | None = None,
) -> Chosen:
    """Fit candidates on the earlier part of the spans; take the one that does best on the later.

    The winner is then fitted on all of it. Losses are pinball losses of the values themselves,
    also of candidates in logs, each in the mean change of its series.

    Parameters
    ----------
    spans : list of Sequence
    horizon : int
    levels_K : ndarray of float64
        Quantile levels.
    paths : tuple of Path
        What candidates may be made of, beside recent levels and a damped trend.
    kept : tuple of Path
        Of them, what the network is to see even where the anchor makes nothing of it.
    log : bool, optional
        Whether levels are read in logs; by default where that is better, and tried only where
        values are positive and of very different sizes, over time or between series.

    Raises
    ------
    DataError
        Logs are wanted of values that have none.
    """
    best: tuple[float, Candidate, _Sample] | None = None
    for in_logs in _logs(spans, log):
        plain = Layout(spans[0].columns, horizon, log=in_logs)
        tried = (*paths, damped_trend(spans, plain))
        sample = _Sample.of(spans, replace(plain, paths=tried))
        for candidate in candidates(tried):
            loss = sample.loss(candidate, levels_K)
            if best is None or loss < best[0] * (1.0 - MARGIN):
                best = (loss, candidate, sample)
    assert best is not None  # there is always a candidate
    _, candidate, sample = best
    used = tuple(path for path in sample.layout.paths if path in (*candidate.paths, *kept))
    layout = replace(sample.layout, paths=used)
    readings = (read(layout.reader(span.frequency), span, horizon) for span in spans)
    return Chosen(layout, candidate.spread(sample.fit(candidate), used), readings)


def _logs(spans: Rows[Sequence], log: bool | None) -> tuple[bool, ...]:  # noqa: FBT001
    """With logs and without, or one of them where there is no question."""
    if log is not None:
        _check_logs(spans if log else ())
        return (log,)
    values_N = np.concatenate([span.target_T for span in spans])
    low, high = np.quantile(values_N, [0.05, 0.95])
    wide = values_N.min() > 0.0 and high > WIDE * low
    return (False, True) if wide else (False,)


def _check_logs(spans: Rows[Sequence]) -> None:
    """Zeros are let pass, as of a meter that reads nothing for a while."""
    for span in spans:
        value_T, at = span.target_T, int(np.argmin(span.target_T))
        if value_T[at] < 0.0 or value_T.max() == 0.0:
            message = (
                f"log is True, and series {span.name!r} has {value_T[at]:g} at "
                f"{stamp(int(span.time_T[at]))}; leave log out, or give values above 0"
            )
            raise DataError(message)


@dataclass(frozen=True)
class _Sample:
    """Settled rows of some spans, spread over all of their length.

    Levels are without the effects of columns known in advance, as in `Reading`.

    Attributes
    ----------
    layout : Layout
        With all paths that are tried.
    readings : Readings
        Of N rows.
    ahead_NH : ndarray of float64
        Levels ahead.
    size_N : ndarray of float64
        What losses are counted in: the mean change from bar to bar of the row's series.
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
    def of(cls, spans: Rows[Sequence], layout: Layout) -> _Sample:
        """Take some of the spans; where something is known in advance, its effects come first."""
        some = spans[:: max(1, sum(map(len, spans)) // MOST_BARS)]
        if layout.known:
            layout = replace(layout, effects=cls._effects(some, layout))
        return cls.read(some, layout)

    @classmethod
    def _effects(cls, spans: Rows[Sequence], layout: Layout) -> tuple[float, ...]:
        """As the least squares of all linear paths has it: it leaves the smallest errors."""
        linear = replace(layout, paths=tuple(path for path in layout.paths if path.linear))
        anchor = cls.read(spans, linear).fit(Candidate("drawn", linear.paths))
        return fitted_effects(linear, anchor, spans)

    @classmethod
    def read(cls, spans: Rows[Sequence], layout: Layout) -> _Sample:
        """Step through spans, and keep some of their rows."""
        every = max(1, sum(map(len, spans)) * layout.horizon // MOST_TARGETS)
        parts = [_rows(span, layout, every) for span in spans]
        readings, *rest = zip(*parts, strict=True)
        return cls(
            layout,
            Readings(*map(np.concatenate, zip(*readings, strict=True))),
            *map(np.concatenate, rest),
        )

    def fit(self, candidate: Candidate) -> Anchor:
        """Fit a candidate on all rows."""
        return candidate.fit(self.ahead_NH, candidate.own(self.readings, self.layout.paths))

    def loss(self, candidate: Candidate, levels_K: np.ndarray) -> float:
        """Mean pinball loss on the late rows after a fit on the early ones."""
        readings = candidate.own(self.readings, self.layout.paths)
        early = Readings(*(each[self.early_N] for each in readings))
        anchor = candidate.fit(self.ahead_NH[self.early_N], early)
        _, centre_NH, scale_NH = readings.around(anchor)
        ahead_NH = self.ahead_NH + readings.effect_TE[:, 1:]
        z_NH = (ahead_NH - centre_NH) / scale_NH
        prior_HK = prior_quantiles(z_NH[self.early_N], levels_K, mirror=0.0)
        late, outward = self.late_N, self.layout.outward
        q_NHK = outward(centre_NH[late, :, None] + scale_NH[late, :, None] * prior_HK)
        loss_NH = pinball(outward(ahead_NH[late]), q_NHK, levels_K)
        return float(np.nanmean(loss_NH / self.size_N[late, None]))


def _rows(
    span: Sequence, layout: Layout, every: int
) -> tuple[Readings, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """One span's share of a sample: its readings, then the arrays of `_Sample` in order."""
    readings = read(layout.reader(span.frequency), span, layout.horizon)
    bars = len(span)
    rows = np.arange(settling(layout, bars), bars, every)
    cut = round(EARLY_SHARE * bars)
    size = max(float(np.abs(np.diff(span.target_T[:cut])).mean()), SMALLEST)
    return (
        Readings(*(each[rows] for each in readings)),
        ahead(readings.level_T, layout.horizon)[rows],
        np.full(len(rows), size),
        rows < cut - layout.horizon,
        rows >= cut,
    )
