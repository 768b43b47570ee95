"""What `Forecaster.fit` does with prepared series: train, and write down how."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Rows
from typing import TYPE_CHECKING, Any

from foretell.extras import needs
from foretell.forecast.preparation import Prepared
from foretell.model_file import versions
from foretell.series import Sequence, fingerprint, stamp
from foretell.training import NEEDS_TORCH, Settings

if TYPE_CHECKING:
    from foretell.training.pupil import Progress
    from foretell.training.quantiles import Trained

__all__ = ["about", "train_network"]

LIBRARIES = ("foretell", "numpy", "polars", "safetensors", "torch")


def train_network(
    prepared: Prepared, settings: Settings, report: Callable[[Progress], None] | None
) -> Trained:
    """Train an ensemble.

    Raises
    ------
    MissingExtra
        PyTorch is not installed.
    """
    with needs(*NEEDS_TORCH):
        from foretell.training.quantiles import train
    return train(prepared.dataset, settings, report)


def about(rows: Rows[Sequence], prepared: Prepared, trained: Trained) -> dict[str, Any]:
    """What a person wants to know of a model years later."""
    layout = prepared.encoder.layout
    gain = 1.0 - trained.validation_loss / trained.prior_loss
    return {
        "anchor": prepared.encoder.anchor.name,
        "log": layout.log,
        "paths": [path.told for path in layout.paths],
        "frequency": str(rows[0].frequency),
        "data": {
            "series": [each.name for each in rows],
            "bars": sum(map(len, rows)),
            "first": stamp(min(int(each.time_T[0]) for each in rows)),
            "last": stamp(max(int(each.time_T[-1]) for each in rows)),
            "sha256": fingerprint(rows),
            "skipped": list(prepared.skipped),
        },
        "training": {
            "end": trained.end.value,
            "passes": trained.passes,
            "validation": (
                "the last bars of each series" if prepared.parts.of_each else "one time for all"
            ),
            "validation_start": stamp(prepared.parts.start),
            "validation_skill_over_anchor": gain,
        },
        "versions": versions(LIBRARIES),
    }
