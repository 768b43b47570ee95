"""What a live ledger says: an opening, then a bar and the forecast from it, line after line.

A line is JSON with sorted keys and no blanks, so that the same entry is always the same bytes.
Python writes a float in the fewest digits that read back as the same float.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from foretell.forecast import Forecast, Forecaster, shaped
from foretell.series import Frequency

__all__ = ["VALUES", "Entry", "Key", "Opening", "hash_of", "line_of", "parsed"]

Key = tuple[str, str, str]  # exchange, symbol, timeframe
VALUES = ("open", "high", "low", "close", "volume")
VERSION = 1


@dataclass(frozen=True)
class Opening:
    """The first line: whose forecasts of what these are.

    Attributes
    ----------
    exchange, symbol, timeframe : str
    model : str
        Fingerprint of all that was fitted.
    horizon : int
    levels : list of float
        Quantile levels.
    first : int
        Open time of the first bar that is forecast from, in seconds since 1970.
    seen : int
        When the latest of the candles was seen that were there when the ledger was opened, in
        microseconds since 1970: all forecasts are as of then, or later.
    made : int
        By the exchange's clock, in microseconds.
    expected : dict
        What the backtest promises; see `foretell.live.consistency`. Empty where there is none.
    """

    kind: ClassVar[str] = "opening"
    form: ClassVar[dict[str, Any]] = {
        "exchange": str, "symbol": str, "timeframe": str, "model": str, "horizon": int,
        "levels": [float], "first": int, "seen": int, "made": int, "expected": dict,
    }  # fmt: skip

    exchange: str
    symbol: str
    timeframe: str
    model: str
    horizon: int
    levels: list[float]
    first: int
    seen: int
    made: int
    expected: dict[str, Any]

    @property
    def key(self) -> Key:
        """Exchange, symbol and timeframe."""
        return self.exchange, self.symbol, self.timeframe

    @classmethod
    def of(
        cls, key: Key, model: Forecaster, first: int, seen: int, made: int,
        expected: Mapping[str, Any],
    ) -> Opening:  # fmt: skip
        """Say what a model is about to forecast."""
        levels = [float(level) for level in model.quantiles]
        return cls(
            *key, model.fingerprint(), model.horizon, levels, first, seen, made, dict(expected)
        )


@dataclass(frozen=True)
class Entry:
    """One bar, and the forecast from it.

    Attributes
    ----------
    time : int
        Its open time, in seconds since 1970.
    values : list of float
        Open, high, low, close and volume, as they were seen first.
    seen : int
        The forecast is from what the store had seen by then, in microseconds since 1970.
    made : int
        When it was entered, by the exchange's clock, in microseconds.
    times : list of int
        Open times of the bars that are forecast, shape (H,).
    quantiles : list of list of float
        In the units of the input, shape (H, K).
    """

    kind: ClassVar[str] = "bar"
    form: ClassVar[dict[str, Any]] = {
        "time": int, "values": [float], "seen": int, "made": int, "times": [int],
        "quantiles": [[float]],
    }  # fmt: skip

    time: int
    values: list[float]
    seen: int
    made: int
    times: list[int]
    quantiles: list[list[float]]

    @classmethod
    def of(cls, bar: Mapping[str, Any], forecast: Forecast, seen: int, made: int) -> Entry:
        """Enter the forecast after a bar of the store."""
        (outlook,) = forecast.outlooks  # what `Forecast.to_frame` shows, without its making a frame
        return cls(
            int(bar["time"].timestamp()), [float(bar[name]) for name in VALUES], seen, made,
            list(outlook.time_H), np.exp(outlook.q_HK).tolist(),
        )  # fmt: skip

    @property
    def close(self) -> float:
        """The price that forecasts are of."""
        return self.values[VALUES.index("close")]

    def is_late(self, horizon: int, frequency: Frequency) -> bool:
        """Whether a forecast was entered when its bar had closed. Then it counts for nothing."""
        (closes,) = frequency.following(self.times[horizon - 1], 1)
        return self.made > closes * 1_000_000

    @property
    def q_HK(self) -> np.ndarray:
        """The quantiles as an array."""
        return np.array(self.quantiles)


def line_of(content: Opening | Entry, previous: str) -> bytes:
    """Write a line, without its end.

    Parameters
    ----------
    content : Opening or Entry
    previous : str
        Hash of the line before.
    """
    fields = vars(content) | {"kind": content.kind, "previous": previous}
    if isinstance(content, Opening):
        fields["version"] = VERSION
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def parsed(line: bytes) -> tuple[Opening | Entry, str]:
    """Read a line, and the hash in it of the line before.

    Raises
    ------
    ValueError, KeyError, TypeError
        It is no line of a ledger of this version.
    """
    fields = json.loads(line)
    previous = fields["previous"]
    kind: type[Opening | Entry] = {each.kind: each for each in (Opening, Entry)}[fields["kind"]]
    content = kind(**shaped(fields, kind.form))
    if line != line_of(content, previous):
        message = "it is not written as foretell writes"
        raise ValueError(message)
    return content, previous


def hash_of(line: bytes) -> str:
    """SHA-256 of a line, without its end."""
    return hashlib.sha256(line).hexdigest()
