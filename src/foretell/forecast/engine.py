"""The fitted chain from bars to quantiles: encoder, network, anchor; runs without PyTorch.

Axes: S series, T time, F inputs, H horizons, K quantiles.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from collections.abc import Sequence as Rows
from dataclasses import asdict, astuple, dataclass
from functools import cached_property
from math import inf

import numpy as np

from foretell.features import Encoded, Encoder, EncoderStream
from foretell.forecast.calibration import Calibration, CalibrationState, Uncalibrated
from foretell.forecast.past import Past
from foretell.model_file import under
from foretell.runtime import Look, Network, State
from foretell.series import NOTHING, Ahead, Bar, Calendars, Coming, Frequency, Holiday, Sequence

__all__ = ["Engine", "Live", "Trace", "uncalibrated"]


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
    raw_THK : ndarray, optional
        The same before calibration, where there is one.
    """

    sequence: Sequence
    first: int
    q_THK: np.ndarray
    raw_THK: np.ndarray | None = None


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
    calendars : Calendars
        When the bars of each series open, as the training span showed it.
    calibrated_from : float
        Seconds since 1970 from which bands learn from their misses; infinity for never. It is
        where the last validation part begins: what is missed on bars that were trained on proves
        little. Of one series alone, some members have trained on that part too.
    """

    encoder: Encoder
    weights: dict[str, np.ndarray]
    levels_K: np.ndarray
    calendars: Calendars
    calibrated_from: float = inf

    @cached_property
    def network(self) -> Network:
        """The ensemble, ready to step."""
        return Network(self.weights)

    @cached_property
    def calibration(self) -> Calibration:
        """How bands are tracked, from `calibrated_from` on."""
        return Calibration(self.levels_K, self.encoder.layout.horizon)

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
        streams = [self.start(each.name) for each in rows]
        encoded = [stream.run(each) for stream, each in zip(streams, rows, strict=True)]
        tracked = [len(row) - len(row.before(self.calibrated_from)) for row in rows]
        read = [
            min(start, len(row) - bars)
            for row, start, bars in zip(rows, first, tracked, strict=True)
        ]
        z, state = self.network.run([each.x_TF for each in encoded], read)
        plain = list(map(uncalibrated, encoded, z))
        calibrated, bands = self.calibration.run(
            [each.tail(bars) for each, bars in zip(plain, tracked, strict=True)]
        )
        traces = [
            self._trace(row, start, each.quantiles(), q_THK)
            for row, start, each, q_THK in zip(rows, first, plain, calibrated, strict=True)
        ]
        live = {
            row.name: Live(
                self, stream, self.resume(state[:, :, :, [n]]), self.resume_bands(bands.one(n)),
                row.frequency, Past(row.time_T, row.value_TC), row.coming(),
            )
            for n, (row, stream) in enumerate(zip(rows, streams, strict=True))
        }  # fmt: skip
        return traces, live

    def start(self, name: str) -> EncoderStream:
        """Begin to read a series, named as in training."""
        return self.encoder.start(self.calendars[name])

    def _trace(
        self, row: Sequence, first: int, raw_THK: np.ndarray, calibrated_THK: np.ndarray
    ) -> Trace:
        """Put together what was read before calibration began, and what after."""
        plain, bars = len(raw_THK) - len(calibrated_THK), len(row) - first
        outward = self.encoder.layout.outward
        raw_THK, calibrated_THK = outward(raw_THK), outward(calibrated_THK)
        q_THK = np.concatenate([raw_THK[:plain], calibrated_THK])
        kept = raw_THK[len(raw_THK) - bars :] if calibrated_THK.size else None
        return Trace(row, first, q_THK[len(q_THK) - bars :], kept)

    def look(self, row: Sequence) -> Iterator[list[Look]]:
        """Read a whole history; after every bar, what each layer of the network did in it."""
        return self.network.look(self.start(row.name).run(row).x_TF)

    def fingerprint(self) -> str:
        """SHA-256 of all that was fitted."""
        scaler, anchor = self.encoder.standardiser, self.encoder.anchor
        fitted = [self.weights[name] for name in sorted(self.weights)]
        fitted += [anchor.weight_HJ, anchor.toward_HM, anchor.pull_HS]
        fitted += [scaler.mean_F, scaler.spread_F, self.levels_K]
        fitted.append(np.array([self.calibrated_from]))
        layout = self.encoder.layout
        read_as = [
            asdict(layout), [path.kind for path in layout.paths], self.calendars.to_dict(),
            sorted(self.weights),
        ]  # fmt: skip
        digest = hashlib.sha256(json.dumps(read_as).encode())
        for array in fitted:
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def resume(self, kept: np.ndarray) -> State:
        """State of the network for one series, from what was kept of it."""
        state = self.network.start()
        state.restore(kept)
        return state

    def resume_bands(self, kept: dict[str, np.ndarray]) -> CalibrationState:
        """State of the calibration for one series, from what was kept of it."""
        state = self.calibration.begin()
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
    bands : CalibrationState
        Of the calibration, likewise.
    frequency : Frequency
    past : Past
        The last bars taken in.
    coming : Coming
        What is known in advance of the bars to come.
    """

    def __init__(
        self,
        engine: Engine,
        stream: EncoderStream,
        state: State,
        bands: CalibrationState,
        frequency: Frequency,
        past: Past,
        coming: Coming,
    ) -> None:
        self._engine = engine
        self._stream = stream
        self._state = state
        self._bands = bands
        self.frequency = frequency
        self._past = past
        self._coming = coming

    @property
    def time(self) -> int:
        """Open time of the last bar taken in, in seconds since 1970."""
        return int(self._past.time_R[-1])

    @property
    def coming(self) -> Coming:
        """What is known in advance of the bars to come."""
        return self._coming

    def recent(self, name: str) -> Sequence:
        """The last bars taken in."""
        columns = self._engine.encoder.layout.columns
        return Sequence(name, self.frequency, columns, self._past.time_R, self._past.value_RC)

    def step(self, time: int, bar: Bar, announced: Rows[tuple[int, Bar]] = ()) -> np.ndarray:
        """Take in one bar; return quantiles of log prices or values, shape (H, K).

        Parameters
        ----------
        time : int
        bar : tuple of float
            Without the columns known in advance.
        announced : list of tuple
            Of these columns, rows that were not known before; see `Coming.advance`.
        """
        engine = self._engine
        layout = engine.encoder.layout
        bar = bar + self._coming.advance(time, announced, layout.horizon)
        encoded = self._stream.step(time, bar)
        bar = bar[: len(layout.columns)]
        z_SHK = engine.network.step(self._state, encoded.x_TF[None])
        self._past.append(time, bar)
        plain = Uncalibrated(
            encoded.level_T[None], z_SHK, encoded.centre_TH[None], encoded.scale_TH[None]
        )
        tracked = time >= engine.calibrated_from
        q_SHK = self._bands.step(*plain) if tracked else plain.quantiles()
        return engine.encoder.layout.outward(q_SHK[0])

    def state(self) -> dict[str, np.ndarray]:
        """All that must be kept to go on later."""
        ahead = self._coming.rows()._asdict() if self._engine.encoder.layout.known else {}
        grid = self.frequency
        return {
            "network": self._state.save(),
            **{f"bands/{name}": part for name, part in self._bands.state().items()},
            "encoder": self._stream.state(),
            "frequency": np.array([grid.seconds, grid.months]),
            "weekdays": np.array(sorted(grid.weekdays)),
            "opens": np.array(grid.opens, dtype=np.int64),
            "holidays": np.array([astuple(each) for each in grid.holidays], np.int64).reshape(
                -1, 6
            ),
            "time": self._past.time_R.copy(),
            "values": self._past.value_RC.copy(),
            **{f"ahead/{name}": part for name, part in ahead.items()},
        }

    @classmethod
    def restore(cls, engine: Engine, name: str, state: dict[str, np.ndarray]) -> Live:
        """Go on from the kept state of a series.

        Raises
        ------
        KeyError, ValueError
            A part of it is missing, or the parts do not fit together.
        """
        time_R, value_RC = state["time"], state["values"]
        if not len(time_R) or value_RC.shape != (len(time_R), len(engine.encoder.layout.columns)):
            message = f"{len(time_R)} times of bars and values of shape {value_RC.shape}"
            raise ValueError(message)
        frequency = _frequency(state)
        stream = engine.start(name)
        stream.restore(state["encoder"])
        network = engine.resume(state["network"])
        bands = engine.resume_bands(under("bands/", state))
        known = engine.encoder.layout.known
        ahead = Ahead(state["ahead/time_A"], state["ahead/value_AK"]) if known else NOTHING
        coming = Coming(known, frequency, int(time_R[-1]), ahead)
        return cls(engine, stream, network, bands, frequency, Past(time_R, value_RC), coming)


def _frequency(state: dict[str, np.ndarray]) -> Frequency:
    seconds, months = state["frequency"].tolist()
    holidays = tuple(Holiday(*rule) for rule in state["holidays"].tolist())
    weekdays = frozenset(state["weekdays"].tolist())
    return Frequency(seconds, months, weekdays, tuple(state["opens"].tolist()), holidays)


def uncalibrated(encoded: Encoded, z_THK: np.ndarray) -> Uncalibrated:
    """The network's forecasts from the last bars of a series, with their anchor."""
    start = len(encoded.level_T) - len(z_THK)
    return Uncalibrated(
        encoded.level_T[start:], z_THK, encoded.centre_TH[start:], encoded.scale_TH[start:]
    )
