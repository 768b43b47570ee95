"""From bars to what the network reads, and to the anchor it forecasts around.

An `Encoder` holds all that was fitted on the training span; `Encoder.start` gives a stream that
takes one bar at a time, or a whole history by the same steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from foretell.features.anchors import Anchor
from foretell.features.candles import Candles
from foretell.features.levels import Levels
from foretell.features.paths import Path
from foretell.features.reader import Reader
from foretell.features.scaling import Standardiser
from foretell.series import Frequency, Sequence

__all__ = ["Encoded", "Encoder", "EncoderStream", "Layout", "Readings", "read"]

LARGEST_LOG = 700.0  # beyond it a float has no exponential


@dataclass(frozen=True)
class Layout:
    """Which recursion reads the bars.

    Attributes
    ----------
    columns : tuple of str
        Values of a bar, in order.
    horizon : int
    log : bool
        Whether a level sequence is read in logs; its forecasts are given back as values. Prices
        are always in logs, and so are their forecasts.
    paths : tuple of Path
        Plain forecasts that the centre of a level sequence may be drawn towards.
    """

    columns: tuple[str, ...]
    horizon: int
    log: bool = False
    paths: tuple[Path, ...] = ()

    def reader(self, frequency: Frequency) -> Reader:
        """Make a recursion at its start."""
        if "close" in self.columns:
            return Candles(frequency, volume="volume" in self.columns)
        return Levels(frequency, self.horizon, paths=self.paths, log=self.log)

    @property
    def settling(self) -> int:
        """Bars of a series until all paths say something."""
        return max((path.settling for path in self.paths), default=0)

    def outward(self, q: np.ndarray) -> np.ndarray:
        """Quantiles of levels as those of what is forecast: log prices, or values."""
        return np.exp(np.minimum(q, LARGEST_LOG)) if self.log else q


class Readings(NamedTuple):
    """Readings of a whole history, before anything fitted is applied."""

    inputs_TF: np.ndarray
    level_T: np.ndarray
    volatility_TJ: np.ndarray
    path_TP: np.ndarray
    term_TS: np.ndarray


class Encoded(NamedTuple):
    """What the network reads, and the anchor of its forecasts; T is absent for one bar.

    The levels are in target space, as is the anchor.
    """

    x_TF: np.ndarray
    level_T: np.ndarray
    centre_TH: np.ndarray
    scale_TH: np.ndarray


def read(reader: Reader, sequence: Sequence) -> Readings:
    """Step a recursion over every bar."""
    steps = [reader.step(time, bar) for time, bar in sequence.bars()]
    return Readings(*map(np.array, zip(*steps, strict=True)))


@dataclass(frozen=True)
class Encoder:
    """The fitted way from bars to network inputs.

    Attributes
    ----------
    layout : Layout
    anchor : Anchor
    standardiser : Standardiser
    """

    layout: Layout
    anchor: Anchor
    standardiser: Standardiser

    def apply(self, readings: Readings) -> Encoded:
        """Standardise readings of one bar or of many."""
        return Encoded(
            self.standardiser.apply(readings.inputs_TF),
            readings.level_T,
            self.anchor.centre(readings.level_T, readings.path_TP, readings.term_TS),
            self.anchor.scale(readings.volatility_TJ),
        )

    def start(self, frequency: Frequency) -> EncoderStream:
        """Begin a stream at its first bar."""
        return EncoderStream(self, self.layout.reader(frequency))


class EncoderStream:
    """An encoder that has read some bars and takes the next one."""

    def __init__(self, encoder: Encoder, reader: Reader) -> None:
        self._encoder = encoder
        self._reader = reader

    def step(self, time: int, bar: tuple[float, ...]) -> Encoded:
        """Take in one bar; arrays come without the time axis."""
        reading = self._reader.step(time, bar)
        return self._encoder.apply(Readings(*map(np.array, reading)))

    def run(self, sequence: Sequence) -> Encoded:
        """Take in every bar of a history, each encoded from the bars up to it."""
        return self._encoder.apply(read(self._reader, sequence))

    def state(self) -> np.ndarray:
        """All that must be kept to go on later, shape (N,)."""
        return np.array(self._reader.state())

    def restore(self, state_N: np.ndarray) -> None:
        """Go on from a kept state."""
        self._reader.restore(state_N.tolist())
