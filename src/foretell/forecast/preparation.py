"""From series to a data set: the anchor chosen, inputs standardised, all on the training span.

Axes: N rows of all series together, T time, F inputs, H horizons, K quantiles.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Rows
from dataclasses import dataclass

import numpy as np

from foretell.errors import ShortHistory
from foretell.features import (
    MIRROR,
    Anchor,
    Encoded,
    Encoder,
    Layout,
    Readings,
    Season,
    Standardiser,
    prior_quantiles,
)
from foretell.forecast.anchoring import SETTLING, choose_levels, choose_prices, settling
from foretell.forecast.seasonality import paths_of, seasons
from foretell.forecast.targets import ahead
from foretell.forecast.validation import FEWEST_BARS, Parts, parted
from foretell.series import Sequence
from foretell.training import Dataset, History

__all__ = ["Prepared", "Wish", "bars_needed", "prepare"]

# Of prices, validation sees too few independent moves to tell a spurious direction from a true
# one; see docs/decisions/0010. Seasons and trends are another matter.
CAUTION_OF_PRICES = 0.5


@dataclass(frozen=True)
class Wish:
    """What a user has said of level sequences; None leaves it to the training span.

    Attributes
    ----------
    periods : tuple of float, optional
        Bars in each season.
    log : bool, optional
        Whether they are read in logs.
    """

    periods: tuple[float, ...] | None = None
    log: bool | None = None


@dataclass(frozen=True)
class Prepared:
    """All that training needs, and all that was fitted before it.

    Attributes
    ----------
    encoder : Encoder
    dataset : Dataset
        One history a usable span.
    parts : Parts
        Where validation begins.
    spans : tuple of Sequence
        The usable training spans.
    encoded : tuple of Encoded
        The same as the network reads them.
    skipped : tuple of str
        Names of series that are too short.
    """

    encoder: Encoder
    dataset: Dataset
    parts: Parts
    spans: tuple[Sequence, ...]
    encoded: tuple[Encoded, ...]
    skipped: tuple[str, ...]


def prepare(
    spans: Rows[Sequence], horizon: int, levels_K: np.ndarray, wish: Wish = Wish()
) -> Prepared:
    """Fit anchor and scaling on training spans and lay out the data set.

    Parameters
    ----------
    spans : list of Sequence
        The training span of each series; nothing later is looked at.
    horizon : int
    levels_K : ndarray of float64
        Quantile levels.
    wish : Wish

    Raises
    ------
    ShortHistory
        No series has enough bars; the message says how many are needed.
    """
    usable = _usable(spans, horizon)
    if usable[0].priced:
        chosen = choose_prices(usable, horizon, levels_K)
    else:
        paths = paths_of(seasons(usable, wish.periods), horizon)
        kept = tuple(path for path in paths if isinstance(path, Season) and wish.periods)
        chosen = choose_levels(usable, horizon, levels_K, paths, kept=kept, log=wish.log)
    encoder, encoded = _encode(chosen.layout, chosen.anchor, chosen.readings)
    parts = parted(usable, horizon, SETTLING + horizon)
    names = {span.name for span in usable}
    return Prepared(
        encoder=encoder,
        dataset=_lay_out(usable, encoder.layout, encoded, parts, levels_K),
        parts=parts,
        spans=tuple(usable),
        encoded=tuple(encoded),
        skipped=tuple(span.name for span in spans if span.name not in names),
    )


def bars_needed(horizon: int, *, alone: bool = True) -> int:
    """Fewest bars a series needs to be trained on, alone or with others in its place.

    Its validation part must hold targets at every horizon; alone, so many that they can judge.
    """
    return SETTLING + (max(100, 12 * horizon) if alone else 2 * horizon + FEWEST_BARS)


def _usable(spans: Rows[Sequence], horizon: int) -> list[Sequence]:
    """Series that are long enough; short ones do where all together are as long as one has to be.

    Prices are held to what one alone needs: a listing's first weeks are like nothing after them.
    """
    needed = bars_needed(horizon)
    shortest = needed if spans[0].priced else bars_needed(horizon, alone=False)
    usable = [span for span in spans if len(span) >= shortest]
    if len(usable) > 1 and sum(map(len, usable)) >= needed:
        return usable
    usable = [span for span in usable if len(span) >= needed]
    if not usable:
        longest = max(spans, key=len)
        message = (
            f"{longest.name!r} has {len(longest)} bars to train on, and a horizon of {horizon} "
            f"needs {needed}; give more history or a shorter horizon"
        )
        raise ShortHistory(message)
    return usable


def _encode(
    layout: Layout, anchor: Anchor, readings: Iterable[Readings]
) -> tuple[Encoder, list[Encoded]]:
    """Fit the scaling; what is read for the anchor's centre alone is not kept any longer."""
    raw = [(each.inputs_TF, *each.around(anchor)) for each in readings]
    settled = np.concatenate([each[0][settling(layout, len(each[0])) :] for each in raw])
    scaling = Standardiser.fit(settled, layout.copies(settled.shape[1]))
    encoded = [Encoded(scaling.apply(each[0]), *each[1:]) for each in raw]
    return Encoder(layout, anchor, scaling), encoded


def _lay_out(
    spans: Rows[Sequence],
    layout: Layout,
    encoded: Rows[Encoded],
    parts: Parts,
    levels_K: np.ndarray,
) -> Dataset:
    histories, all_z, all_scales, priced = [], [], [], spans[0].priced
    for span, each, split in zip(spans, encoded, parts.row_S, strict=True):
        z_TH = (ahead(each.level_T, layout.horizon) - each.centre_TH) / each.scale_TH
        settled = settling(layout, len(span))
        z_TH[:settled] = np.nan
        histories.append(History(each.x_TF, z_TH.astype(np.float32), split, len(z_TH)))
        all_z.append(z_TH)
        all_scales.append(each.scale_TH[settled:])
    weight_H = np.concatenate(all_scales).mean(axis=0)
    return Dataset(
        histories=tuple(histories),
        prior_HK=prior_quantiles(np.concatenate(all_z), levels_K, MIRROR if priced else 0.0),
        levels_K=levels_K,
        weight_H=weight_H / weight_H.mean(),
        blocks=parts.blocks(spans),
        caution=CAUTION_OF_PRICES if spans[0].priced else 1.0,
    )
