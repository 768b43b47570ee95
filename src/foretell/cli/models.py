"""The model that a command works with: a saved one, or a new one with the options given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from foretell.errors import UsageError
from foretell.forecast import Forecaster

__all__ = ["saved_or_new"]

OPTIONS = {"inputs": "--input", "periods": "--period"}  # where a parameter has another name
OPEN_WITH_MODEL = {"horizon", "target"}  # parameters that may be given beside --model


def saved_or_new(path: Path | None, parameters: dict[str, Any]) -> Forecaster:
    """Load the model that was named, or make one that is yet to be trained."""
    return Forecaster(**parameters) if path is None else _load(path, parameters)


def _load(path: Path, parameters: dict[str, Any]) -> Forecaster:
    """Load a model where everything else that was asked for fits it.

    A target that is named is taken: what the model learned from may be called otherwise here.

    Raises
    ------
    UsageError
        An option could not have an effect.
    """
    useless = sorted(parameters.keys() - OPEN_WITH_MODEL)
    if useless:
        options = ", ".join(OPTIONS.get(name, f"--{name.replace('_', '-')}") for name in useless)
        message = f"{options} cannot change {path}, which is trained; leave it out"
        raise UsageError(message)
    model = Forecaster.load(path)
    horizon = parameters.get("horizon", model.horizon)
    if horizon != model.horizon:
        message = (
            f"--horizon {horizon} does not fit {path}, which forecasts {model.horizon} bars; "
            f"leave it out or train a model for it"
        )
        raise UsageError(message)
    model.target = parameters.get("target", model.target)
    return model
