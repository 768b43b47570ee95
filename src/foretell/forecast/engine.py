"""The fitted chain from bars to quantiles: encoder, network, anchor; runs without PyTorch.

Axes: S series, T time, F inputs, H horizons, K quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from foretell.features import Encoded, Encoder, EncoderStream
from foretell.forecast.past import Past
from foretell.runtime import Network, State
from foretell.series import Bar, Frequency, Sequence

__all__ = ["Engine", "Live", "Trace"]


@dataclass(frozen=True)
class Trace:
    """Forecasts from consecutive origins of one series.

    Attributes
    ----------
    sequence : Sequence
    first : int
        Row of the first origin; every later bar is one too.
    q_THK : ndarray of float64, shape (T - first, H, K)
        Quantiles in target space: logs of prices, or values.
    """

    sequence: Sequence
    first: int
    q_THK: np.ndarray


@dataclass(frozen=True)
class Engine:
    """Everything fitted, and nothing that changes from bar to bar.

    Attributes
    ----------
    encoder : Encoder
    weights : dict of str to ndarray
        See `foretell.runtime.Network`.
    levels_K : ndarray of float64
        Quantile levels.
    """

    encoder: Encoder
    weights: dict[str, np.ndarray]
    levels_K: np.ndarray

    @cached_property
    def network(self) -> Network:
        """The ensemble, ready to step."""
        return Network(self.weights)

    def trace(self, rows: Rows[Sequence], first: Rows[int]) -> tuple[list[Trace], dict[str, Live]]:
        """Run whole histories.

        Parameters
        ----------
        rows : list of Sequence
        first : list of int
            First origin of each series; the bars before it only fill the state.

        Returns
        -------
        list of Trace
        live : dict of str to Live
            For each series, the state after its last bar.
        """
        streams = [self.encoder.start(each.frequency) for each in rows]
        encoded = [stream.run(each) for stream, each in zip(streams, rows, strict=True)]
        z, state = self.network.run([each.x_TF for each in encoded], first)
        traces = []
        for row, each, z_THK, start in zip(rows, encoded, z, first, strict=True):
            later = Encoded(*(array[start:] for array in each))
            traces.append(Trace(row, start, to_quantiles(later, z_THK)))
        live = {
            row.name: Live(
                self, stream, self.resume(state[:, :, :, [n]]), row.frequency,
                Past(row.time_T, row.value_TC),
            )
            for n, (row, stream) in enumerate(zip(rows, streams, strict=True))
        }  # fmt: skip
        return traces, live

    def resume(self, kept: np.ndarray) -> State:
        """State of the network for one series, from what was kept of it."""
        state = self.network.start()
        state.restore(kept)
        return state


class Live:
    """One series under way: takes the next bar in constant time.

    Parameters
    ----------
    engine : Engine
    stream : EncoderStream
    state : State
        Of the network, for this one series.
    frequency : Frequency
    past : Past
        The last bars taken in.
    """

    def __init__(
        self,
        engine: Engine,
        stream: EncoderStream,
        state: State,
        frequency: Frequency,
        past: Past,
    ) -> None:
        self._engine = engine
        self._stream = stream
        self._state = state
        self.frequency = frequency
        self._past = past

    @property
    def time(self) -> int:
        """Open time of the last bar taken in, in seconds since 1970."""
        return int(self._past.time_R[-1])

    def recent(self, name: str) -> Sequence:
        """The last bars taken in."""
        columns = self._engine.encoder.layout.columns
        return Sequence(name, self.frequency, columns, self._past.time_R, self._past.value_RC)

    def step(self, time: int, bar: Bar) -> np.ndarray:
        """Take in one bar; return quantiles in target space, shape (H, K)."""
        encoded = self._stream.step(time, bar)
        z_SHK = self._engine.network.step(self._state, encoded.x_TF[None])
        self._past.append(time, bar)
        return to_quantiles(encoded, z_SHK[0])

    def state(self) -> dict[str, np.ndarray]:
        """All that must be kept to go on later."""
        grid = [self.frequency.seconds, self.frequency.months, *sorted(self.frequency.weekdays)]
        return {
            "network": self._state.save(),
            "encoder": self._stream.state(),
            "frequency": np.array(grid),
            "time": self._past.time_R.copy(),
            "values": self._past.value_RC.copy(),
        }

    @classmethod
    def restore(cls, engine: Engine, state: dict[str, np.ndarray]) -> Live:
        """Go on from a kept state.

        Raises
        ------
        KeyError, ValueError
            A part of it is missing, or the parts do not fit together.
        """
        time_R, value_RC = state["time"], state["values"]
        if not len(time_R) or value_RC.shape != (len(time_R), len(engine.encoder.layout.columns)):
            message = f"{len(time_R)} times of bars and values of shape {value_RC.shape}"
            raise ValueError(message)
        seconds, months, *weekdays = state["frequency"].tolist()
        frequency = Frequency(seconds, months, frozenset(weekdays))
        stream = engine.encoder.start(frequency)
        stream.restore(state["encoder"])
        network = engine.resume(state["network"])
        return cls(engine, stream, network, frequency, Past(time_R, value_RC))


def to_quantiles(encoded: Encoded, z_HK: np.ndarray) -> np.ndarray:
    """Undo the standardisation: ``centre + scale * z``, shape (..., H, K)."""
    quantiles: np.ndarray = encoded.centre_TH[..., None] + encoded.scale_TH[..., None] * z_HK
    return quantiles
