"""What may be traded, and at what cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster
from foretell.errors import ShortHistory, UsageError
from foretell.forecast import Trace
from foretell.proof import Costs, Market
from foretell.series import sequences


def test_market_is_cut_from_a_pass(candles: pl.DataFrame, fitted: Forecaster) -> None:
    levels = np.array(fitted.quantiles)
    (trace,) = fitted.trace(sequences(candles), int(candles["time"][250].timestamp()))
    market = Market.of(trace, levels, 2)
    assert market.name == "SIM"
    assert market.time_T.tolist() == candles["time"].dt.epoch("s").tail(50).to_list()
    assert market.open_T.tolist() == candles["open"].tail(50).to_list()
    assert market.close_T.tolist() == candles["close"].tail(50).to_list()
    assert np.array_equal(market.q_TK, trace.q_THK[:, 1])
    assert not market.closes_alone


def test_a_frame_of_closes_alone_says_so(candles: pl.DataFrame, levels: np.ndarray) -> None:
    (row,) = sequences(candles.select("series", "time", "close"))
    trace = Trace(row, 290, np.zeros((10, 1, len(levels))))
    assert Market.of(trace, levels).closes_alone


def test_values_without_prices_are_refused(values: pl.DataFrame, levels: np.ndarray) -> None:
    (row,) = sequences(values)
    with pytest.raises(UsageError, match="'TEMP' has no prices"):
        Market.of(Trace(row, 0, np.zeros((len(row), 1, len(levels)))), levels)


@pytest.mark.parametrize("horizon", [0, 4])
def test_horizon_must_have_been_forecast(
    candles: pl.DataFrame, levels: np.ndarray, horizon: int
) -> None:
    (row,) = sequences(candles)
    trace = Trace(row, 0, np.zeros((len(row), 3, len(levels))))
    with pytest.raises(UsageError, match=f"reach 1 to 3 bars ahead, so none .* at {horizon}"):
        Market.of(trace, levels, horizon)


@pytest.mark.parametrize(
    ("changed", "kind", "said"),
    [
        ({"open_T": np.ones(4)}, UsageError, "for 5 bars and 13 levels"),
        ({"q_TK": np.ones((5, 3))}, UsageError, "for 5 bars and 13 levels"),
        ({"time_T": np.arange(2), "open_T": np.ones(2), "close_T": np.ones(2),
          "q_TK": np.ones((2, 13))}, ShortHistory, "2 bars of 'SIM' cannot be traded"),
    ],
)  # fmt: skip
def test_shapes_are_checked(
    changed: dict[str, Any], kind: type[Exception], said: str, levels: np.ndarray
) -> None:
    given = {"name": "SIM", "time_T": np.arange(5), "open_T": np.ones(5), "close_T": np.ones(5),
             "q_TK": np.ones((5, 13)), "levels_K": levels}  # fmt: skip
    with pytest.raises(kind, match=said):
        Market(**(given | changed))


def test_cost_of_an_order() -> None:
    assert Costs(10.0, 5.0).rate == pytest.approx(0.0015)
    with pytest.raises(UsageError, match="slippage of -1 basis points"):
        Costs(slippage=-1)
    with pytest.raises(UsageError, match="fee of 5000 basis points; give 0 to 1000"):
        Costs(fee=5000)
