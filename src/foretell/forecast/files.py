"""Models as single safetensors files: tensors, and JSON in the metadata. No pickle."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from foretell.errors import ModelFileError, UsageError
from foretell.features import Anchor, Encoder, Layout, Standardiser
from foretell.forecast.engine import Engine, Live
from foretell.series import Frequency

__all__ = ["Stored", "read_model", "replace_file", "write_model"]

FORMAT = "foretell-model-2"


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


def write_model(path: str | Path, stored: Stored) -> None:
    """Write a model; a file of that name is replaced in one step or not at all."""
    engine, layout = stored.engine, stored.engine.encoder.layout
    tensors = {f"network/{name}": tensor for name, tensor in engine.weights.items()}
    tensors["anchor"] = engine.encoder.anchor.weight_HJ
    tensors["inputs/mean"] = engine.encoder.standardiser.mean_F
    tensors["inputs/spread"] = engine.encoder.standardiser.spread_F
    tensors["levels"] = engine.levels_K
    for number, live in enumerate(stored.live.values()):
        tensors |= {f"live/{number}/{name}": part for name, part in live.state().items()}
    card = {
        "format": FORMAT,
        "parameters": stored.parameters,
        "layout": {
            "columns": layout.columns, "horizon": layout.horizon, "season": layout.season,
        },
        "anchor": engine.encoder.anchor.name,
        "calibrated_from": engine.calibrated_from if isfinite(engine.calibrated_from) else None,
        "live": list(stored.live),
        "about": stored.about,
    }  # fmt: skip
    arrays = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    data = save(arrays, metadata={"foretell": json.dumps(card, default=_plain)})
    replace_file(Path(path), data)


def _plain(value: Any) -> Any:
    """Python's own number for NumPy's."""
    return value.item()


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, also if the machine stops meanwhile.

    Raises
    ------
    UsageError
        It cannot be written there.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        message = f"cannot write {str(path)!r}: {error.strerror}; choose another place"
        raise UsageError(message) from error


def read_model(path: str | Path) -> Stored:
    """Read a model file.

    Raises
    ------
    UsageError
        There is no such file.
    ModelFileError
        It is not a model file, or it is damaged.
    """
    path = Path(path)
    if not path.is_file():
        message = f"no model file {str(path)!r}; train one with `foretell train ... --save FILE`"
        raise UsageError(message)
    try:
        with safe_open(path, framework="numpy") as file:
            card = json.loads((file.metadata() or {}).get("foretell", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError) as error:
        message = f"{str(path)!r} is not a foretell model or is damaged ({error}); save it again"
        raise ModelFileError(message) from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        message = f"{str(path)!r} is not a {FORMAT} file; save it again with this version"
        raise ModelFileError(message)
    try:
        return _tried(_assemble(card, tensors))
    except KeyError as error:
        message = f"{str(path)!r} lacks {error}; save the model again"
        raise ModelFileError(message) from error
    except (TypeError, IndexError, ValueError) as error:
        message = f"{str(path)!r} does not hold together ({error}); save the model again"
        raise ModelFileError(message) from error


def _assemble(card: Mapping[str, Any], tensors: Mapping[str, np.ndarray]) -> Stored:
    layout = Layout(
        tuple(card["layout"]["columns"]), card["layout"]["horizon"], card["layout"]["season"]
    )
    encoder = Encoder(
        layout,
        Anchor(card["anchor"], tensors["anchor"]),
        Standardiser(tensors["inputs/mean"], tensors["inputs/spread"]),
    )
    since = card["calibrated_from"]
    engine = Engine(
        encoder,
        _under("network/", tensors),
        tensors["levels"],
        calibrated_from=inf if since is None else float(since),
    )
    live = {
        name: Live.restore(engine, _under(f"live/{number}/", tensors))
        for number, name in enumerate(card["live"])
    }
    return Stored(engine, live, card["parameters"], card["about"])


def _tried(stored: Stored) -> Stored:
    """Take one step, which shows whether all shapes fit."""
    engine, layout = stored.engine, stored.engine.encoder.layout
    frequency = Frequency.parse(stored.about["frequency"])
    stream = engine.encoder.start(frequency)
    network, bands = engine.network.start(), engine.calibration.begin()
    live = Live(engine, stream, network, bands, frequency, 0)
    q_HK = live.step(frequency.seconds, (1.0,) * len(layout.columns))
    if q_HK.shape != (layout.horizon, len(engine.levels_K)):
        message = f"forecasts of shape {q_HK.shape}"
        raise ValueError(message)
    return stored


def _under(prefix: str, tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
