"""What was learned is not lost when training ends early."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from foretell.errors import TrainingDiverged

if TYPE_CHECKING:  # a command waits for the one that it trains alone
    from foretell.forecast import Forecaster
    from foretell.text import TextModel

__all__ = ["kept"]


@contextmanager
def kept(model: Forecaster | TextModel, save: Path | None) -> Iterator[None]:
    """Train within this context; after Ctrl-C or a divergence what was best is saved.

    Raises
    ------
    KeyboardInterrupt
        Training was ended by Ctrl-C.
    """
    try:
        yield
    except TrainingDiverged:
        _keep(model, save)
        raise
    if model.about["training"]["end"] == "interrupted":
        _keep(model, save)
        raise KeyboardInterrupt


def _keep(model: Forecaster | TextModel, save: Path | None) -> None:
    if save is not None:
        model.save(save)
        sys.stderr.write(f"the best weights so far are in {save}\n")
