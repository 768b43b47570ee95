"""From series to a data set: the anchor chosen, inputs standardised, all on the training span.

Axes: N rows of all series together, T time, F inputs, H horizons, K quantiles, J memories.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Rows
from dataclasses import dataclass

import numpy as np

from foretell.errors import ShortHistory
from foretell.features import (
    Anchor,
    Encoded,
    Encoder,
    Layout,
    Readings,
    Standardiser,
    blend,
    prior_quantiles,
    read,
    single,
    with_effects,
)
from foretell.forecast.pinball import pinball
from foretell.series import Sequence
from foretell.training import Dataset, History

__all__ = ["Prepared", "level", "prepare", "targets"]

SETTLING = 20  # first bars of a series, in which volatility is still a guess
FEWEST_VALIDATION_BARS = 10
VALIDATION_SHARE = 0.1  # of the training span's time, at its end
# One series has few independent moves in a tenth of its time, so that luck may confirm what is
# not there; members that validate on different tenths are not all fooled alike.
BLOCKS_OF_ONE_SERIES = 3
SEASONS = {"day": 86_400, "week": 604_800, "year": 31_556_952}
LONGEST_SEASON = 400  # bars; a state has to hold them
SEASONS_NEEDED = 3


@dataclass(frozen=True)
class Prepared:
    """All that training needs, and all that was fitted before it.

    Attributes
    ----------
    encoder : Encoder
    dataset : Dataset
        One history a usable span.
    validation_start : int
        Seconds since 1970.
    spans : tuple of Sequence
        The usable training spans.
    encoded : tuple of Encoded
        The same as the network reads them.
    """

    encoder: Encoder
    dataset: Dataset
    validation_start: int
    spans: tuple[Sequence, ...]
    encoded: tuple[Encoded, ...]


def prepare(spans: Rows[Sequence], horizon: int, levels_K: np.ndarray) -> Prepared:
    """Fit anchor and scaling on training spans and lay out the data set.

    Parameters
    ----------
    spans : list of Sequence
        The training span of each series; nothing later is looked at.
    horizon : int
    levels_K : ndarray of float64
        Quantile levels.

    Raises
    ------
    ShortHistory
        No series has enough bars; the message says how many are needed.
    """
    needed = bars_needed(horizon)
    usable = [span for span in spans if len(span) >= needed]
    if not usable:
        longest = max(spans, key=len)
        message = (
            f"{longest.name!r} has {len(longest)} bars to train on, and a horizon of {horizon} "
            f"needs {needed}; give more history or a shorter horizon"
        )
        raise ShortHistory(message)
    layout, anchor, readings = _choose(usable, horizon, levels_K)
    settled = np.concatenate([each.inputs_TF[SETTLING:] for each in readings])
    scaling = Standardiser.fit(settled, layout.copies(settled.shape[1]))
    encoder = Encoder(layout, anchor, scaling)
    return _lay_out(usable, readings, encoder, levels_K)


def bars_needed(horizon: int) -> int:
    """Fewest bars a series needs to be trained on: its validation part must hold targets."""
    return SETTLING + max(100, 12 * horizon)


def level(sequence: Sequence) -> np.ndarray:
    """Return a series in target space: logs of closing prices, or values; shape (T,)."""
    level_T: np.ndarray = np.log(sequence.target_T) if sequence.priced else sequence.target_T
    return level_T


def targets(sequence: Sequence, horizon: int) -> np.ndarray:
    """The target at every horizon, in target space; NaN beyond the end.

    Returns
    -------
    ndarray of float64, shape (T, H)
        Logs of future closes, or future values.
    """
    level_T = level(sequence)
    ahead_TH = np.full((len(level_T), horizon), np.nan)
    for step in range(1, min(horizon, len(level_T) - 1) + 1):
        ahead_TH[:-step, step - 1] = level_T[step:]
    return ahead_TH


def _choose(
    spans: Rows[Sequence], horizon: int, levels_K: np.ndarray
) -> tuple[Layout, Anchor, list[Readings]]:
    """Take the anchor with the lowest pinball loss over the training span."""
    best: tuple[float, Layout, Anchor, list[Readings]] | None = None
    for plain in _layouts(spans, horizon):
        layout = with_effects(plain, spans)
        readings = [read(layout.reader(span.frequency), span, horizon) for span in spans]
        error_NH, volatility_NJ = _errors(spans, readings, horizon)
        for anchor in _anchors(layout, spans[0], error_NH, volatility_NJ):
            scale_NH = anchor.scale(volatility_NJ)
            prior_HK = prior_quantiles(error_NH / scale_NH, levels_K)
            loss_NH = pinball(error_NH, scale_NH[..., None] * prior_HK, levels_K)
            loss = float(np.nanmean(loss_NH))
            if best is None or loss < best[0]:
                best = (loss, layout, anchor, readings)
    assert best is not None  # there is always a layout
    return best[1:]


def _layouts(spans: Rows[Sequence], horizon: int) -> Iterator[Layout]:
    columns = spans[0].columns
    yield Layout(columns, horizon)
    if spans[0].priced:
        return
    step = spans[0].frequency.seconds
    for seconds in SEASONS.values():
        season = round(seconds / step)
        if 2 <= season <= LONGEST_SEASON and min(map(len, spans)) >= SEASONS_NEEDED * season:
            yield Layout(columns, horizon, season)


def _anchors(
    layout: Layout, span: Sequence, error_NH: np.ndarray, volatility_NJ: np.ndarray
) -> Iterator[Anchor]:
    horizon, memories = error_NH.shape[1], volatility_NJ.shape[1]
    if span.priced:
        yield single("random walk, EWMA volatility", horizon, memories, chosen=memories - 1)
        yield blend(
            "random walk, range volatility at three memories", error_NH, volatility_NJ, [0, 1, 2]
        )
        return
    season = f"value {layout.season} bars before" if layout.season else "last value"
    yield blend(f"{season}, errors at three memories", error_NH, volatility_NJ, [0, 1, 2])


def _errors(
    spans: Rows[Sequence], readings: Rows[Readings], horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Target minus centre, and log volatilities, of all settled rows."""
    errors = [
        (targets(span, horizon) - each.centre_TH)[SETTLING:]
        for span, each in zip(spans, readings, strict=True)
    ]
    volatilities = [each.volatility_TJ[SETTLING:] for each in readings]
    return np.concatenate(errors), np.concatenate(volatilities)


def _lay_out(
    spans: Rows[Sequence], readings: Rows[Readings], encoder: Encoder, levels_K: np.ndarray
) -> Prepared:
    horizon = encoder.layout.horizon
    split_s = _validation_start(spans)
    histories, all_z, all_scales, all_encoded = [], [], [], []
    for span, each in zip(spans, readings, strict=True):
        encoded = encoder.apply(each)
        all_encoded.append(encoded)
        z_TH = (targets(span, horizon) - encoded.centre_TH) / encoded.scale_TH
        z_TH[:SETTLING] = np.nan
        split = int(np.searchsorted(span.time_T, split_s))
        histories.append(History(encoded.x_TF, z_TH.astype(np.float32), split, len(z_TH)))
        all_z.append(z_TH)
        all_scales.append(encoded.scale_TH[SETTLING:])
    weight_H = np.concatenate(all_scales).mean(axis=0)
    dataset = Dataset(
        histories=tuple(histories),
        prior_HK=prior_quantiles(np.concatenate(all_z), levels_K),
        levels_K=levels_K,
        weight_H=weight_H / weight_H.mean(),
        blocks=_blocks(histories),
    )
    return Prepared(encoder, dataset, split_s, tuple(spans), tuple(all_encoded))


def _blocks(histories: list[History]) -> int:
    """Validation parts; what lies before the first of them is at least as long as one."""
    if len(histories) > 1:
        return 1
    (only,) = histories
    return max(1, min(BLOCKS_OF_ONE_SERIES, only.split // (only.stop - only.split)))


def _validation_start(spans: Rows[Sequence]) -> int:
    """One instant for all series: what moves them together must not be known on one side."""
    first = min(int(span.time_T[0]) for span in spans)
    last = max(int(span.time_T[-1]) for span in spans)
    start = last - round((last - first) * VALIDATION_SHARE)
    if all(len(span) - len(span.before(start)) < FEWEST_VALIDATION_BARS for span in spans):
        # A long halt lies there: then the last bars of the longest series, wherever they are.
        longest = max(spans, key=len)
        start = int(longest.time_T[-round(len(longest) * VALIDATION_SHARE)])
    return start
