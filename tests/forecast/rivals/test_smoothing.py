"""What stands in where statsforecast has nothing to say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from foretell.forecast.rivals import AutoETS, FallbackWarning, RandomWalk
from foretell.series import Sequence


def test_a_model_that_cannot_be_fitted(valued: Sequence, levels: np.ndarray) -> None:
    class Failing(AutoETS):
        def _model(self, models: Any, bars: int, *, priced: bool) -> Any:
            message = "tiny datasets"
            raise NotImplementedError(message)  # as the library does

    with pytest.warns(FallbackWarning, match="statsforecast: tiny datasets; a random walk instead"):
        q_THK = Failing(3, levels).forecast(valued, 200)
    assert q_THK.tobytes() == RandomWalk(3, levels).forecast(valued, 200).tobytes()


def test_a_model_without_a_number(valued: Sequence, levels: np.ndarray) -> None:
    class Lost(AutoETS):
        def _centre(self, fitted: Any, level_T: np.ndarray, first: int) -> np.ndarray:
            centre_TH = super()._centre(fitted, level_T, first)
            centre_TH[250:, 1] = np.inf
            return centre_TH

    with pytest.warns(FallbackWarning, match="no number on 50 bars; the last value instead"):
        q_THK = Lost(3, levels).forecast(valued, 200)
    whole_THK = AutoETS(3, levels).forecast(valued, 200)
    assert q_THK[:50].tobytes() == whole_THK[:50].tobytes()
    assert np.isfinite(q_THK).all()
