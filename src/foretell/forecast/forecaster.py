"""The public face: fit, predict, update, save."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as Rows
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl

from foretell.errors import (
    FrameError,
    ModelFileError,
    ShortHistory,
    TrainingDiverged,
    UsageError,
)
from foretell.forecast.arguments import check_arguments
from foretell.forecast.engine import Engine, Live, Trace
from foretell.forecast.files import Stored, read_model, write_model
from foretell.forecast.fitting import about, train_network
from foretell.forecast.forecast import Forecast, Outlook
from foretell.forecast.past import RECENT
from foretell.forecast.preparation import Wish, prepare
from foretell.forecast.quantiles import DEFAULT_LEVELS
from foretell.forecast.trial import try_calibration
from foretell.runtime import Look
from foretell.series import (
    Calendars,
    Extra,
    Sequence,
    announced_row,
    canonical,
    checked_bar,
    instant,
    row_within,
    sequences,
)
from foretell.training import Settings

if TYPE_CHECKING:
    from foretell.training.pupil import Progress

__all__ = ["Forecaster"]

SEVERAL = ("quantiles", "inputs", "known", "periods")  # sequences: lists in JSON


class Forecaster:
    """Probabilistic forecaster of one or many series with one recurrent network.

    Parameters
    ----------
    horizon : int
        Bars ahead; every forecast covers 1 to `horizon`.
    target : str, optional
        Column to forecast; by default ``close`` (as log returns) where there is one, else
        ``value`` or ``y``.
    inputs : sequence of str
        Other columns that are read, each bar's value at that bar; missing ones may be empty.
    known : sequence of str
        Columns known in advance, such as holidays: from every bar the network also sees their
        values at the next `horizon` bars. Rows after the last target hold them for `predict`.
    cell : {"lstm", "gru", "rnn", "slstm"}
        Recurrent cell; ``docs/cells.md`` says which when.
    hidden_size, layers : int
        Units a layer, and layers.
    dropout : float
        Between layers and before the head.
    quantiles : sequence of float
        Levels, increasing, symmetric around 0.5 and containing it.
    ensemble : int
        Networks trained from different seeds; their quantiles are averaged.
    periods : sequence of float, optional
        Bars in each season of a sequence that is not priced, such as ``[24, 168]``. By default
        seasons of the clock.
    log : bool, optional
        Whether values that are not prices are forecast in logs. By default where they are
        positive and that is better on the training span.
    calibrate : bool, optional
        Whether bands learn from their misses; see `foretell.forecast.calibration`. By default
        where that helps on the validation part of the training span.
    seed : int
        The same seed on the same data and machine gives the same weights, bit for bit.
    learning_rate, weight_decay, schedule, chunk, warm_up, batch, steps, patience
        Training schedule; see `foretell.training.Settings`.

    Examples
    --------
    >>> import foretell as ft
    >>> candles = ft.samples.load("BTC-USD")
    >>> model = ft.Forecaster(horizon=14).fit(candles, until="2024-01-01")  # doctest: +SKIP
    >>> model.predict(candles).interval(0.8)  # doctest: +SKIP
    """

    def __init__(
        self,
        horizon: int = 14,
        *,
        target: str | None = None,
        inputs: Rows[str] = (),
        known: Rows[str] = (),
        cell: str = Settings.cell,
        hidden_size: int = Settings.hidden_size,
        layers: int = Settings.layers,
        dropout: float = Settings.dropout,
        quantiles: Rows[float] = DEFAULT_LEVELS,
        ensemble: int = Settings.ensemble,
        periods: Rows[float] | None = None,
        log: bool | None = None,
        calibrate: bool | None = None,
        seed: int = Settings.seed,
        learning_rate: float = Settings.learning_rate,
        weight_decay: float = Settings.weight_decay,
        schedule: str = Settings.schedule,
        chunk: int = Settings.chunk,
        warm_up: int = Settings.warm_up,
        batch: int = Settings.batch,
        steps: int = Settings.steps,
        patience: int = Settings.patience,
    ) -> None:
        self.horizon = horizon
        self.target = target
        self.inputs = inputs
        self.known = known
        self.cell = cell
        self.hidden_size = hidden_size
        self.layers = layers
        self.dropout = dropout
        self.quantiles = quantiles
        self.ensemble = ensemble
        self.periods = periods
        self.log = log
        self.calibrate = calibrate
        self.seed = seed
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.chunk = chunk
        self.warm_up = warm_up
        self.batch = batch
        self.steps = steps
        self.patience = patience
        self._engine: Engine | None = None
        self._live: dict[str, Live] = {}
        self.about: dict[str, Any] = {}

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002
        """Arguments of the constructor, as scikit-learn's ``clone`` wants them."""
        names = list(inspect.signature(type(self)).parameters)
        return {name: getattr(self, name) for name in names}

    def set_params(self, **parameters: Any) -> Self:
        """Change arguments; the model must be fitted again."""
        known = self.get_params()
        for name, value in parameters.items():
            if name not in known:
                message = f"no parameter {name!r}; there are {', '.join(known)}"
                raise UsageError(message)
            setattr(self, name, value)
        return self

    # -- training ----------------------------------------------------------------------------

    def fit(
        self,
        frame: Any,
        until: str | date | datetime | None = None,
        *,
        report: Callable[[Progress], None] | None = None,
    ) -> Self:
        """Train on one or many series.

        Ctrl-C ends training and keeps the best weights so far; ``about["training"]["end"]``
        then says ``interrupted``.

        Parameters
        ----------
        frame : path or object
            Candles or values in any form that `foretell.series.canonical` reads.
        until : str, date or datetime, optional
            Exclusive end of everything that is learned from: training, validation, the choice
            of the anchor, scaling. By default the end of the data.
        report : callable, optional
            Called after every pass over the data; see `foretell.training.pupil.Progress`.

        Raises
        ------
        DataError
            The frame is wrong or too short; see `foretell.errors`.
        TrainingDiverged
            The loss left the finite numbers. The model holds the last good weights.
        MissingExtra
            PyTorch is not installed.
        """
        check_arguments(self.get_params())
        rows = self._training_rows(frame, until)
        levels_K = np.array(self.quantiles, dtype=np.float64)
        wish = Wish(None if self.periods is None else tuple(self.periods), self.log)
        prepared = prepare(rows, self.horizon, levels_K, wish)
        trained = train_network(prepared, self._settings(), report)
        calendars = Calendars.of(prepared.spans)
        plain = Engine(prepared.encoder, trained.weights, levels_K, calendars)
        trial = try_calibration(plain, prepared)
        wanted = trial.helps if self.calibrate is None else self.calibrate
        since = float(prepared.parts.start) if wanted else inf
        self._engine = replace(plain, calibrated_from=since)
        self._live = {}
        self.about = about(rows, prepared, trained) | {
            "calibration": {"on": wanted} | asdict(trial)
        }
        if trained.end.value == "diverged":
            message = (
                f"the loss is no longer a finite number; the weights of pass "
                f"{trained.passes[-1]} are kept; lower learning_rate (now {self.learning_rate:g})"
            )
            raise TrainingDiverged(message)
        return self

    def _training_rows(self, frame: Any, until: str | date | datetime | None) -> list[Sequence]:
        """The bars before `until`; nothing later has a say, not even in the time step."""
        if until is None:
            return sequences(frame, self.target, self.extra)
        end = datetime.fromtimestamp(instant(until), UTC)
        before = canonical(frame, self.target, self.extra).filter(pl.col("time") < end)
        if before.is_empty():
            message = f"no bar opens before {until}; give earlier data or a later end"
            raise ShortHistory(message)
        return sequences(before)

    @property
    def extra(self) -> Extra:
        """The further columns that are read."""
        return Extra(tuple(self.inputs), tuple(self.known))

    def _settings(self) -> Settings:
        parameters = self.get_params()
        return Settings(**{name: parameters[name] for name in Settings.__dataclass_fields__})

    # -- forecasting -------------------------------------------------------------------------

    def predict(self, frame: Any) -> Forecast:
        """Forecast the bars after the last one of every series.

        The state after the last bars is kept, so that `update` can go on from there.

        Parameters
        ----------
        frame : path or object
            The whole history of each series: the state is built up from its first bar. With
            columns known in advance, at least `horizon` rows follow it that hold these alone.

        Raises
        ------
        FrameError
            The frame is wrong, or is not of the kind that the model was trained on; or what is
            known in advance does not reach as far as the forecast.
        """
        rows = sequences(frame, self.target, self.extra)
        self._check(rows)
        self.check_ahead(rows)
        traces, self._live = self._fitted().trace(rows, [len(each) - 1 for each in rows])
        return self._forecast(
            [_outlook(each.sequence.tail(RECENT), each.q_THK[-1]) for each in traces]
        )

    def update(
        self,
        bar: Mapping[str, Any],
        series: str | None = None,
        *,
        known: Rows[Mapping[str, Any]] = (),
    ) -> Forecast:
        """Take in the next bar and forecast from it, in constant time.

        Equals `predict` on the history with the bar appended, bit for bit.

        Parameters
        ----------
        bar : mapping
            ``time`` and the values of a row, such as a dict or one of ``frame.iter_rows(
            named=True)``.
        series : str, optional
            Which series; by default that of the bar, or the only one.
        known : list of mapping
            With columns known in advance: the rows that follow those announced so far, as a rule
            one, each with ``time`` and these columns.

        Raises
        ------
        UsageError
            No history was read before, or not of this series.
        FrameError
            The bar does not follow the last one, or holds a wrong value; or what is known in
            advance does not reach as far as the forecast.
        """
        given = series if series is not None else bar.get("series")
        name = next(iter(self._live)) if given is None and len(self._live) == 1 else str(given)
        if name not in self._live:
            seen = ", ".join(self._live) or "none"
            message = (
                f"no history of series {given!r} (read: {seen}); call predict(history) first, and "
                f"name the series of the bar"
            )
            raise UsageError(message)
        live = self._live[name]
        columns = self._fitted().encoder.layout.columns
        time, values = checked_bar(bar, columns, live.frequency, live.time, self.target)
        announced = [announced_row(row, columns) for row in known]
        own = row_within(bar, columns)
        if own is not None:
            live.coming.confirm(*own)
        q_HK = live.step(time, values, announced)
        return self._forecast([_outlook(live.recent(name), q_HK)])

    def check_ahead(self, rows: Rows[Sequence]) -> None:
        """Refuse histories after which too little is known in advance to forecast from their ends.

        Raises
        ------
        FrameError
            The message names the first bar whose row is missing.
        """
        for each in rows:
            try:
                each.coming().check(self.horizon)
            except FrameError as error:
                message = f"series {each.name!r}: {error}"
                raise FrameError(message) from None

    def trace(self, rows: Rows[Sequence], start: int) -> list[Trace]:
        """Forecast from every bar from an instant on, in one pass: for backtests.

        Parameters
        ----------
        rows : list of Sequence
        start : int
            Open time of the first origin, in seconds since 1970.

        Raises
        ------
        FrameError
            The series have other columns or another step than those of the training.
        """
        self._check(rows)
        first = [int(np.searchsorted(each.time_T, start)) for each in rows]
        return self._fitted().trace(rows, first)[0]

    def look(self, row: Sequence) -> Iterator[list[Look]]:
        """Read a series; after every bar, what each layer of the network did in it.

        Parameters
        ----------
        row : Sequence

        Yields
        ------
        list of `foretell.runtime.Look`
            One a layer, arrays of shape (M, 1, U) for the M members of the ensemble.

        Raises
        ------
        FrameError
            The series has other columns or another step than those of the training.
        """
        self._check([row])
        return self._fitted().look(row)

    @property
    def fitted(self) -> bool:
        """Whether there is something to forecast with."""
        return self._engine is not None

    def fingerprint(self) -> str:
        """SHA-256 of all that was fitted; what was read or recorded since does not count."""
        return self._fitted().fingerprint()

    def _forecast(self, outlooks: list[Outlook]) -> Forecast:
        return Forecast(outlooks, self._fitted().levels_K)

    def _fitted(self) -> Engine:
        if self._engine is None:
            message = "this Forecaster is not fitted; call fit(frame) first, or load a model"
            raise UsageError(message)
        return self._engine

    def _check(self, rows: Rows[Sequence]) -> None:
        wanted, grid = self._fitted().encoder.layout.columns, self.about["frequency"]
        for each in rows:
            if each.columns != wanted or str(each.frequency) != grid:
                message = (
                    f"series {each.name!r} has {', '.join(each.columns)} every {each.frequency}; "
                    f"this model was trained on {', '.join(wanted)} every {grid}"
                )
                raise FrameError(message)

    # -- files -------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write the model, and the state of the series under way, as one safetensors file."""
        parameters = self.get_params()
        parameters |= {name: list(given) for name, given in _several(parameters)}
        write_model(path, Stored(self._fitted(), self._live, parameters, self.about))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a saved model; needs no PyTorch."""
        stored = read_model(path)
        parameters = dict(stored.parameters)
        if parameters.keys() != cls().get_params().keys():
            message = f"{str(path)!r} has other parameters than this version; train it again"
            raise ModelFileError(message)
        try:
            check_arguments(parameters)
        except UsageError as error:
            message = f"{str(path)!r} is damaged ({error}); save it again"
            raise ModelFileError(message) from error
        model = cls(**parameters | {name: tuple(given) for name, given in _several(parameters)})
        model._engine, model._live, model.about = stored.engine, stored.live, stored.about
        return model


def _several(parameters: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Those of the parameters that are sequences, where they are given."""
    return [(name, parameters[name]) for name in SEVERAL if parameters[name] is not None]


def _outlook(recent: Sequence, q_HK: np.ndarray) -> Outlook:
    origin = int(recent.time_T[-1])
    stamps = recent.frequency.following(origin, len(q_HK))
    return Outlook(recent.name, origin, stamps, q_HK, recent.priced, recent)
