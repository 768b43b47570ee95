"""Forecasters as files; see `foretell.model_file`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf, isfinite
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from foretell.errors import ModelFileError
from foretell.features import (
    Anchor,
    Climatology,
    DampedTrend,
    Encoder,
    Layout,
    Mixture,
    Path,
    Season,
    Standardiser,
)
from foretell.features.reader import Reader
from foretell.forecast.engine import Engine, Live
from foretell.forecast.past import Past
from foretell.forecast.shape import shaped
from foretell.model_file import assembling, read_card, under, write_card
from foretell.series import Ahead, Calendars, Coming, instant

__all__ = ["Stored", "read_model", "write_model"]

FORMAT = "foretell-model-4"
PATHS = {kind.kind: kind for kind in (Season, Climatology, DampedTrend, Mixture)}
ABOUT = {
    "anchor": str,
    "frequency": str,
    "data": {"series": [str], "bars": int, "first": str, "last": str, "sha256": str},
    "training": {
        "end": str, "passes": [int], "validation_start": str, "validation_skill_over_anchor": float,
    },
    "versions": dict,
}  # fmt: skip
CARD = {
    "parameters": dict,
    "layout": {"columns": [str], "horizon": int, "log": bool, "paths": list},
    "anchor": str,
    "calendars": {"usual": dict, "others": dict},
    "live": list,
    "about": ABOUT,
}


@dataclass(frozen=True)
class Stored:
    """What a model file holds.

    Attributes
    ----------
    engine : Engine
    live : dict of str to Live
        Series under way when the model was saved.
    parameters : dict
        Arguments of the `Forecaster`.
    about : dict
        Data hash, training span, library versions, validation skill, track record.
    """

    engine: Engine
    live: dict[str, Live]
    parameters: dict[str, Any]
    about: dict[str, Any]


def write_model(path: str | FilePath, stored: Stored) -> None:
    """Write a model; see `foretell.writing.write_whole`."""
    engine, layout = stored.engine, stored.engine.encoder.layout
    tensors = {f"network/{name}": tensor for name, tensor in engine.weights.items()}
    anchor = engine.encoder.anchor
    tensors["anchor/scale"] = anchor.weight_HJ
    tensors["anchor/toward"], tensors["anchor/pull"] = anchor.toward_HM, anchor.pull_HS
    tensors["inputs/mean"] = engine.encoder.standardiser.mean_F
    tensors["inputs/spread"] = engine.encoder.standardiser.spread_F
    tensors["levels"] = engine.levels_K
    tensors["effects"] = np.array(layout.effects)
    for number, live in enumerate(stored.live.values()):
        tensors |= {f"live/{number}/{name}": part for name, part in live.state().items()}
    card = {
        "format": FORMAT,
        "parameters": stored.parameters,
        "layout": asdict(layout) | {
            "paths": [{"kind": path.kind} | asdict(path) for path in layout.paths],
        },
        "anchor": anchor.name,
        "calendars": engine.calendars.to_dict(),
        "calibrated_from": engine.calibrated_from if isfinite(engine.calibrated_from) else None,
        "live": list(stored.live),
        "about": stored.about,
    }  # fmt: skip
    write_card(path, card, tensors)


def read_model(path: str | FilePath) -> Stored:
    """Read a model file.

    Raises
    ------
    UsageError
        There is no such file.
    ModelFileError
        It is not a model file, or it is damaged.
    """
    path = FilePath(path)
    how = "train one with `foretell train ... --save FILE`"
    card, tensors = read_card(path, how, "save it again")
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        message = f"{str(path)!r} is not a {FORMAT} file; train and save it again with this version"
        raise ModelFileError(message)
    with assembling(path, "save the model again"):
        return _tried(_assemble(card, tensors))


def _assemble(card: Mapping[str, Any], tensors: Mapping[str, np.ndarray]) -> Stored:
    shaped(card, CARD)
    kept = card["layout"]
    layout = Layout(
        tuple(kept["columns"]), kept["horizon"], kept["log"], tuple(map(_path, kept["paths"])),
        tuple(tensors["effects"].tolist()),
    )  # fmt: skip
    encoder = Encoder(
        layout,
        Anchor(
            card["anchor"],
            tensors["anchor/scale"],
            tensors["anchor/toward"],
            tensors["anchor/pull"],
        ),
        Standardiser(tensors["inputs/mean"], tensors["inputs/spread"]),
    )
    since = card["calibrated_from"]
    engine = Engine(
        encoder,
        under("network/", tensors),
        tensors["levels"],
        Calendars.from_dict(card["calendars"]),
        calibrated_from=inf if since is None else float(since),
    )
    live = {
        name: Live.restore(engine, name, under(f"live/{number}/", tensors))
        for number, name in enumerate(card["live"])
    }
    return Stored(engine, live, card["parameters"], card["about"])


def _path(kept: dict[str, Any]) -> Path:
    """A path from what its dataclass holds; JSON knows no tuples."""
    fields = {name: tuple(part) if isinstance(part, list) else part for name, part in kept.items()}
    kind: type[Path] = PATHS[str(fields.pop("kind"))]
    return kind(**fields)


def _tried(stored: Stored) -> Stored:
    """Take one step, which shows whether all shapes fit."""
    engine, layout = stored.engine, stored.engine.encoder.layout
    frequency = engine.calendars.usual
    if str(frequency) != stored.about["frequency"]:
        message = f"a calendar of steps of {frequency}"
        raise ValueError(message)
    stream = engine.encoder.start(frequency)
    past = Past(np.array([0]), np.ones((1, len(layout.columns))))
    network, bands = engine.network.start(), engine.calibration.begin()
    stamps = np.array(frequency.following(0, layout.horizon + 1))
    ahead = Ahead(stamps, np.ones((len(stamps), len(layout.known))))
    coming = Coming(layout.known, frequency, 0, ahead)
    live = Live(engine, stream, network, bands, frequency, past, coming)
    q_HK = live.step(int(stamps[0]), (1.0,) * (len(layout.columns) - len(layout.known)))
    _check_weights(engine.encoder, layout.reader(frequency))
    promised = (stored.parameters["horizon"], len(stored.parameters["quantiles"]))
    if not q_HK.shape == promised == (layout.horizon, len(engine.levels_K)):
        message = f"forecasts of shape {q_HK.shape}"
        raise ValueError(message)
    instant(stored.about["data"]["last"])  # a record begins after it
    return stored


def _check_weights(encoder: Encoder, reader: Reader) -> None:
    """Refuse weights that a step would take although they belong to another reader."""
    anchor, layout = encoder.anchor, encoder.layout
    weights = (anchor.weight_HJ, anchor.toward_HM, anchor.pull_HS)
    names = (reader.volatility_names, reader.path_names, reader.term_names)
    found, wanted = [each.shape[1] for each in weights], [len(each) for each in names]
    if found != wanted:
        message = f"an anchor with {found} weights a horizon, where {wanted} are read"
        raise ValueError(message)
    if len(layout.effects) not in (0, len(layout.known)):
        message = f"{len(layout.effects)} effects of {len(layout.known)} columns known in advance"
        raise ValueError(message)
