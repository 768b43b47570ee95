"""The arguments of a `Forecaster`, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from foretell.errors import UsageError
from foretell.runtime import CELLS
from foretell.training import SCHEDULES

__all__ = ["check_arguments"]

COUNTS = ("horizon", "hidden_size", "layers", "ensemble", "chunk", "batch", "steps")
LARGEST_SEED = 2**31  # its thousandfold, a seed for each member, must fit into 64 bits


def check_arguments(parameters: Mapping[str, Any]) -> None:
    """Refuse what cannot be meant.

    Raises
    ------
    UsageError
        With the name, the value, and what to give.
    """
    for name in COUNTS:
        if not _whole(parameters[name]) or parameters[name] < 1:
            _refuse(name, parameters[name], "a whole number from 1")
    for name in ("warm_up", "patience", "seed"):
        value = parameters[name]
        if not _whole(value) or not 0 <= value < LARGEST_SEED:
            _refuse(name, value, f"a whole number from 0 and below {LARGEST_SEED}")
    _check_rates(parameters)
    if parameters["cell"] not in CELLS:
        _refuse("cell", parameters["cell"], f"one of {', '.join(CELLS)}")
    if parameters["schedule"] not in SCHEDULES:
        _refuse("schedule", parameters["schedule"], f"one of {', '.join(SCHEDULES)}")
    _check_choices(parameters)
    _check_columns(parameters)
    if not _levels(parameters["quantiles"]):
        remedy = (
            "increasing levels between 0 and 1, symmetric around 0.5 and with it, such as "
            "(0.1, 0.5, 0.9)"
        )
        _refuse("quantiles", parameters["quantiles"], remedy)


def _check_choices(parameters: Mapping[str, Any]) -> None:
    for name in ("calibrate", "log"):
        if not isinstance(parameters[name], bool | None):
            _refuse(name, parameters[name], "True, False, or None to choose by the data")
    if not _periods(parameters["periods"]):
        remedy = "bars in each season, 2 or more, such as [24, 168]"
        _refuse("periods", parameters["periods"], remedy)


def _check_columns(parameters: Mapping[str, Any]) -> None:
    if not isinstance(parameters["target"], str | None):
        _refuse("target", parameters["target"], "the name of a column")
    for name in ("inputs", "known"):
        given = parameters[name]
        if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
            _refuse(name, given, "a list of names of columns")
    named = [parameters["target"] or "", *parameters["inputs"], *parameters["known"]]
    lower = [each.lower() for each in named]
    for each in named:
        if lower.count(each.lower()) > 1:
            message = f"column {each!r} is named twice; it is target, input or known, once"
            raise UsageError(message)


def _check_rates(parameters: Mapping[str, Any]) -> None:
    if not _within(parameters["learning_rate"], 0.0, np.inf) or not parameters["learning_rate"]:
        _refuse("learning_rate", parameters["learning_rate"], "a number above 0")
    if not _within(parameters["weight_decay"], 0.0, np.inf):
        _refuse("weight_decay", parameters["weight_decay"], "a number from 0")
    if not _within(parameters["dropout"], 0.0, 1.0):
        _refuse("dropout", parameters["dropout"], "a share from 0 and below 1")


def _refuse(name: str, value: Any, remedy: str) -> None:
    message = f"{name} is {value!r}; give {remedy}"
    raise UsageError(message)


def _whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _within(value: Any, low: float, high: float) -> bool:
    return isinstance(value, Real) and low <= float(value) < high


def _periods(given: Any) -> bool:
    if given is None:
        return True
    try:
        return all(_within(period, 2.0, np.inf) for period in given)
    except TypeError:
        return False


def _levels(given: Any) -> bool:
    try:
        levels = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    if levels.ndim != 1 or len(levels) < 3 or not len(levels) % 2:
        return False
    inside = bool(((levels > 0) & (levels < 1)).all())
    return inside and bool((np.diff(levels) > 0).all()) and np.allclose(levels + levels[::-1], 1)
