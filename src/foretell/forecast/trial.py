"""Whether calibration helps, tried on the validation part of the training span.

Axes: N series, T time, H horizons, K quantiles, B central bands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from foretell.forecast.engine import Engine, uncalibrated
from foretell.forecast.pinball import pinball
from foretell.forecast.preparation import Prepared
from foretell.forecast.targets import ahead

__all__ = ["CalibrationTrial", "try_calibration"]

WARM_UP = 128  # bars before the validation part that fill the network's state
# Bands that follow the market cost a little sharpness; more than this is no help.
DEAREST = 0.005


@dataclass(frozen=True)
class CalibrationTrial:
    """Forecasts of the validation part without calibration and with it.

    Attributes
    ----------
    coverage_error, calibrated_coverage_error : float
        Mean distance of the central bands' coverage from nominal, over bands and horizons.
    loss_change : float
        Change of the mean pinball loss by calibration, as a share.
    """

    coverage_error: float
    calibrated_coverage_error: float
    loss_change: float

    @property
    def helps(self) -> bool:
        """Whether bands come closer to nominal at next to no cost in loss."""
        return self.calibrated_coverage_error < self.coverage_error and self.loss_change < DEAREST


def try_calibration(engine: Engine, prepared: Prepared) -> CalibrationTrial:
    """Run the validation part both ways."""
    first = prepared.parts.row_S
    near = [max(start - WARM_UP, 0) for start in first]
    z, _ = engine.network.run(
        [each.x_TF[start:] for each, start in zip(prepared.encoded, near, strict=True)],
        [start - begin for start, begin in zip(first, near, strict=True)],
    )
    plain = list(map(uncalibrated, prepared.encoded, z))
    calibrated, _ = engine.calibration.run(plain)
    y = [
        ahead(each.level_T, engine.calibration.horizon)[start:]
        for each, start in zip(prepared.encoded, first, strict=True)
    ]
    y_NH = np.concatenate(y)
    raw_NHK = np.concatenate([each.quantiles() for each in plain])
    calibrated_NHK = np.concatenate(calibrated)
    levels_K = engine.levels_K
    if not np.isfinite(y_NH).any():  # a halt has swallowed the validation part
        return CalibrationTrial(0.0, 0.0, 0.0)
    losses = [np.nanmean(pinball(y_NH, q, levels_K)) for q in (raw_NHK, calibrated_NHK)]
    return CalibrationTrial(
        coverage_error=_coverage_error(y_NH, raw_NHK, levels_K),
        calibrated_coverage_error=_coverage_error(y_NH, calibrated_NHK, levels_K),
        loss_change=float(losses[1] / losses[0] - 1.0),
    )


def _coverage_error(y_NH: np.ndarray, q_NHK: np.ndarray, levels_K: np.ndarray) -> float:
    bands = len(levels_K) // 2
    inside_NHB = (y_NH[..., None] >= q_NHK[..., :bands]) & (
        y_NH[..., None] <= q_NHK[..., :bands:-1]
    )
    known_NH1 = np.isfinite(y_NH)[..., None]
    some_H = known_NH1.any(axis=(0, 2))
    share_HB = (inside_NHB & known_NH1).sum(axis=0)[some_H] / known_NH1.sum(axis=0)[some_H]
    return float(np.abs(share_HB - (1.0 - 2.0 * levels_K[:bands])).mean())
