"""Who takes part in a backtest: the forecaster, fitted anew in every fold, and its rivals."""

from __future__ import annotations

import hashlib
import inspect
import warnings
from collections.abc import Sequence as Rows
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from foretell.errors import UsageError
from foretell.forecast import FallbackWarning, Forecaster, Rival, Trace
from foretell.proof.folds import Fold, forecast_in
from foretell.series import Sequence, as_frame, instant, stamp
from foretell.writing import make_folder

__all__ = ["Contestant", "Entrant", "Fitted", "Refitted", "entrant"]


class Entrant(Protocol):
    """Somebody who forecasts. It is pickled, and must give the same in any process."""

    @property
    def name(self) -> str:
        """What tables call it."""
        ...

    def trace(self, rows: Rows[Sequence], fold: Fold) -> list[Trace]:
        """Learn from the bars before ``fold.until``; forecast from those from its start on."""
        ...

    def describe(self) -> dict[str, Any]:
        """What makes it another entrant than others, ready for JSON."""
        ...

    @property
    def notes(self) -> dict[str, str]:
        """By series, what it could not do as it should in the last `trace`."""
        ...


@dataclass(frozen=True)
class Refitted:
    """A forecaster that is trained in every fold, from a seed that follows from the fold.

    Attributes
    ----------
    kind : type of Forecaster
    parameters : dict
    """

    kind: type[Forecaster]
    parameters: dict[str, Any] = field(hash=False)
    name: str = "foretell"

    def trace(self, rows: Rows[Sequence], fold: Fold) -> list[Trace]:
        """See `Entrant.trace`."""
        seed = self.parameters["seed"] + fold.number
        model = self.kind(**self.parameters | {"seed": seed, "target": None})
        model.fit(as_frame(rows), until=stamp(fold.until))
        if model.about["training"]["end"] == "interrupted":
            raise KeyboardInterrupt  # half a training is no result
        return model.trace(forecast_in(rows, fold), fold.start)

    def describe(self) -> dict[str, Any]:
        """See `Entrant.describe`."""
        return {"name": self.name, "kind": self.kind.__qualname__} | self.parameters

    @property
    def notes(self) -> dict[str, str]:
        """See `Entrant.notes`."""
        return {}


@dataclass(frozen=True)
class Fitted:
    """A forecaster that was trained before.

    Attributes
    ----------
    path : Path
        Of the saved model.
    sha256 : str
        Of all that was fitted.
    """

    path: Path
    sha256: str
    name: str = "foretell"

    def trace(self, rows: Rows[Sequence], fold: Fold) -> list[Trace]:
        """See `Entrant.trace`."""
        return Forecaster.load(self.path).trace(forecast_in(rows, fold), fold.start)

    def describe(self) -> dict[str, Any]:
        """See `Entrant.describe`."""
        return {"name": self.name, "model": self.sha256}

    @property
    def notes(self) -> dict[str, str]:
        """See `Entrant.notes`."""
        return {}


@dataclass(frozen=True)
class Contestant:
    """A rival, fitted by itself on the bars before its first origin.

    An embargo does not hold for it: what it fits ends where its forecasts begin.
    """

    rival: Rival

    @property
    def name(self) -> str:
        """See `Entrant.name`."""
        return self.rival.name

    def trace(self, rows: Rows[Sequence], fold: Fold) -> list[Trace]:
        """See `Entrant.trace`."""
        self.rival.fallbacks.clear()
        with warnings.catch_warnings():  # they are in the notes, and told with the result
            warnings.simplefilter("ignore", FallbackWarning)
            return self.rival.trace(forecast_in(rows, fold), fold.start)

    def describe(self) -> dict[str, Any]:
        """See `Entrant.describe`."""
        kind = type(self.rival)
        about = {"name": self.name, "kind": kind.__qualname__}
        if kind.__module__.startswith("foretell."):  # its version tells the rest
            return about
        own = {name: repr(value) for name, value in vars(self.rival).items() if name != "fallbacks"}
        return about | {"parameters": own, "source": _source(kind)}

    @property
    def notes(self) -> dict[str, str]:
        """See `Entrant.notes`."""
        return dict(self.rival.fallbacks)


def entrant(model: Forecaster, start: int, refit: int | None, folder: Path) -> Entrant:
    """Let a forecaster take part: as it is if it is fitted and never to be refitted.

    Raises
    ------
    UsageError
        It was fitted on bars from `start` on: what it forecasts there proves nothing.
    """
    if refit is not None or not model.fitted:
        return Refitted(type(model), model.get_params() | {"quantiles": tuple(model.quantiles)})
    last = model.about["data"]["last"]
    if instant(last) >= start:
        message = (
            f"the model was trained on bars up to {last}, and would be scored from "
            f"{stamp(start)} on; give a later start, or refit to train it without them"
        )
        raise UsageError(message)
    fingerprint = model.fingerprint()
    make_folder(folder)
    path = folder / f"model-{fingerprint[:16]}.safetensors"
    if not path.exists():
        model.save(path)
    return Fitted(path, fingerprint)


def _source(kind: type) -> str:
    """Hash of a class's source: a rival that was changed is another."""
    try:
        text = inspect.getsource(kind)
    except (OSError, TypeError):  # typed at a prompt
        return "unknown"
    return hashlib.sha256(text.encode()).hexdigest()
