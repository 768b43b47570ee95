"""Other futures: what the bars after a cut might have been instead.

Candles stay valid (``low <= open, close <= high``, prices above zero), so that no check of the
pipeline under audit refuses them. What a bar turns into depends on the draw and on the bar alone,
not on the cut; so a later cut changes fewer bars, and those in the same way.

Axes: N rows of the frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from foretell.proof.tape import Tape

__all__ = ["EVERY", "KNOWN_LATER", "ONE_SERIES", "Perturbation"]

Draw = np.random.Generator
Rows = Callable[[Tape, np.ndarray, Draw], np.ndarray]
Columns = Callable[[Tape, np.ndarray, Draw], dict[str, pl.Series]]

LARGER = 1_000.0
SMALLEST_SPREAD = 1e-3
DELETED_SHARE = 0.25
JITTER = 10.0  # spreads; enough for an average to forecast better than the last value
PERSISTENCE = 0.8
FARTHEST = 5.0  # that a bar is moved, as a log


@dataclass(frozen=True)
class Perturbation:
    """One way to change the future.

    Attributes
    ----------
    name : str
    phrase : str
        What is done: completes "the forecast changes when ...".
    rows : callable
        Of the rows known after the cut, those that are changed.
    columns : callable or None
        What they turn into; None where they are deleted.
    whole : bool
        Whether it goes on to the end, so that a later cut changes a part of the same bars.
    in_advance : bool
        Whether it changes what is known in advance, farther ahead than it may be used.
    """

    name: str
    phrase: str
    rows: Rows
    columns: Columns | None
    whole: bool = True
    in_advance: bool = False

    def touched(self, tape: Tape, cut: int, draw: tuple[int, ...]) -> np.ndarray:
        """Mark the rows that `apply` changes or deletes.

        Where rows tell something in advance, a row among them cannot be missing.
        """
        rows_N = self.rows(tape, tape.later(cut), np.random.default_rng([*draw, 0]))
        told = self.in_advance or (self.columns is None and self.rows is not _all)
        return rows_N & tape.beyond(cut) if told else rows_N

    def apply(self, tape: Tape, cut: int, draw: tuple[int, ...]) -> Any:
        """The frame with another future.

        Parameters
        ----------
        tape : Tape
        cut : int
            Instant; bars known by then are left alone.
        draw : tuple of int
            Seeds.
        """
        rows_N = self.touched(tape, cut, draw)
        if self.columns is None:
            if tape.known and self.rows is _all:
                return tape.emptied(rows_N)
            return tape.without(rows_N)
        return tape.replaced(rows_N, self.columns(tape, rows_N, np.random.default_rng([*draw, 1])))


# -- which bars ----------------------------------------------------------------------------------


def _all(_: Tape, later_N: np.ndarray, __: Draw) -> np.ndarray:
    return later_N


def _next(tape: Tape, later_N: np.ndarray, _: Draw) -> np.ndarray:
    return tape.first_of_each(later_N)


def _some(_: Tape, later_N: np.ndarray, rng: Draw) -> np.ndarray:
    return later_N & (rng.random(len(later_N)) < DELETED_SHARE)


def _one_series(tape: Tape, later_N: np.ndarray, rng: Draw) -> np.ndarray:
    one: np.ndarray = later_N & (tape.series_N == rng.choice(tape.names))
    return one


# -- what they turn into -------------------------------------------------------------------------


# A choice between models, or of when to stop, is a leak that shows only where another one wins:
# noise favours averages, a path with momentum those that follow it, a halt the last value.


def _noise(tape: Tape, _: np.ndarray, rng: Draw) -> dict[str, pl.Series]:
    """Every bar moves on its own, by more than from bar to bar."""
    return _moved(tape, rng, lambda shock_N: _bounded(JITTER * shock_N)) | _drawn(tape, rng)


def _elsewhere(tape: Tape, _: np.ndarray, rng: Draw) -> dict[str, pl.Series]:
    """The moves add up, and persist for some bars."""
    return _moved(tape, rng, _path) | _drawn(tape, rng)


def _path(shock_N: np.ndarray) -> np.ndarray:
    move_N = np.convolve(shock_N, PERSISTENCE ** np.arange(30))[: len(shock_N)]
    return _bounded(np.cumsum(move_N))


def _bounded(shock_N: np.ndarray) -> np.ndarray:
    bounded_N: np.ndarray = FARTHEST * np.tanh(shock_N / FARTHEST)
    return bounded_N


def _times(factor: float) -> Columns:
    def scaled(tape: Tape, _: np.ndarray, __: Draw) -> dict[str, pl.Series]:
        return {name: _back(tape, name, factor * _numbers(tape, name)) for name in tape.numbers}

    return scaled


def _halted(tape: Tape, rows_N: np.ndarray, _: Draw) -> dict[str, pl.Series]:
    """The last bar left alone, again and again."""
    source_N = np.arange(len(rows_N))
    for name in tape.names:
        of_one = tape.series_N == name
        kept = np.flatnonzero(of_one & ~rows_N)
        if kept.size:
            source_N[of_one & rows_N] = kept[np.argmax(tape.time_N[kept])]
    return {name: tape.frame[name].gather(source_N) for name in (*tape.numbers, *tape.labels)}


def _announced(tape: Tape, _: np.ndarray, rng: Draw) -> dict[str, pl.Series]:
    """Columns known in advance move, each on its own."""
    return {
        name: pl.Series(value_N + _spread(value_N) * rng.normal(size=len(value_N)))
        for name in tape.known
        for value_N in [_numbers(tape, name)]
    }


def _moved(tape: Tape, rng: Draw, path: Callable[[np.ndarray], np.ndarray]) -> dict[str, pl.Series]:
    def shocks(spread: float) -> np.ndarray:
        return path(spread * rng.normal(size=len(tape.frame)))

    moved = _candles(tape, shocks, rng)
    for name in tape.numbers:
        if name not in tape.prices.values():
            value_N = _numbers(tape, name)
            if np.nanmin(value_N, initial=0.0) >= 0.0:
                # Zeros move too: a bar without volume gets some.
                floor = 1e-3 * float(np.nanmean(value_N)) if np.isfinite(value_N).any() else 0.0
                moved[name] = (value_N + floor) * np.exp(shocks(_log_spread(value_N)))
            else:
                unit = _spread(value_N)
                moved[name] = value_N + unit * shocks(1.0)
    return {name: _back(tape, name, value_N) for name, value_N in moved.items()}


def _candles(tape: Tape, shocks: Callable[[float], np.ndarray], rng: Draw) -> dict[str, np.ndarray]:
    """Open and close move, each on its own, and high and low span them with new wicks."""
    old = {name: _numbers(tape, own) for name, own in tape.prices.items()}
    if not old:
        return {}
    spread = _log_spread(next(reversed(old.values())))
    path_N = shocks(spread)
    own = {name: path_N + spread * rng.normal(size=len(path_N)) for name in old}
    body = [name for name in ("open", "close") if name in old]
    new: dict[str, np.ndarray] = {name: old[name] * np.exp(own[name]) for name in body}
    for name, choose, sign in (("high", np.fmax, 1.0), ("low", np.fmin, -1.0)):
        if name not in old:
            continue
        if not body:
            new[name] = old[name] * np.exp(path_N)
            continue
        before, after = (choose.reduce([each[end] for end in body]) for each in (old, new))
        wick_N = np.maximum(sign * np.log(old[name] / before), 0.0)
        new[name] = after * np.exp(sign * (wick_N + np.abs(own[name] - path_N)))
    return {tape.prices[name]: value_N for name, value_N in new.items()}


def _drawn(tape: Tape, rng: Draw) -> dict[str, pl.Series]:
    """Labels of other rows."""
    rows = rng.integers(len(tape.frame), size=len(tape.frame))
    return {name: tape.frame[name].gather(rows) for name in tape.labels}


def _numbers(tape: Tape, name: str) -> np.ndarray:
    value_N: np.ndarray = tape.frame[name].cast(pl.Float64).to_numpy()
    return value_N


def _back(tape: Tape, name: str, value_N: np.ndarray) -> pl.Series:
    """In the column's own type; whole numbers that would round to what they were move by one."""
    dtype = tape.frame[name].dtype
    if not dtype.is_integer():
        return pl.Series(name, value_N).cast(dtype)
    old_N = _numbers(tape, name)
    whole_N = np.rint(value_N)
    if name not in tape.prices.values():
        whole_N += whole_N == old_N
    floor = 1.0 if name in tape.prices.values() else _lowest(dtype)
    whole_N = np.clip(whole_N, floor, _highest(dtype))
    return pl.Series(name, whole_N).fill_nan(None).cast(dtype)


def _lowest(dtype: pl.DataType) -> float:
    return 0.0 if dtype.is_unsigned_integer() else -_highest(dtype)


def _highest(dtype: pl.DataType) -> float:
    """Largest whole number of a type that a float holds exactly."""
    bits = int(str(dtype).lstrip("UInt"))  # Int8 to UInt64
    return float(2 ** min(bits - (not dtype.is_unsigned_integer()), 53) - 1)


def _log_spread(value_N: np.ndarray) -> float:
    positive_N = value_N[np.isfinite(value_N) & (value_N > 0.0)]
    return _spread(np.log(positive_N))


def _spread(value_N: np.ndarray) -> float:
    """Typical change from row to row: the median, as series follow each other in a frame."""
    change_N = np.abs(np.diff(value_N[np.isfinite(value_N)]))
    change_N = change_N[change_N > 0.0]
    return max(float(np.median(change_N)) if change_N.size else 0.0, SMALLEST_SPREAD)


EVERY = (
    Perturbation("noise", "later bars are jittered", _all, _noise),
    Perturbation("another path", "later bars take another path", _all, _elsewhere),
    Perturbation("thousandfold", "later bars are a thousand times larger", _all, _times(LARGER)),
    Perturbation("thousandth", "later bars are a thousand times smaller", _all, _times(1 / LARGER)),
    Perturbation("halted", "later bars repeat the last one", _all, _halted),
    Perturbation("nothing", "later bars are not there yet", _all, None),
    Perturbation("gaps", "some later bars are missing", _some, None),
    Perturbation("next bar", "the very next bar is another", _next, _noise, whole=False),
    Perturbation("no next bar", "the very next bar is missing", _next, None, whole=False),
)
KNOWN_LATER = Perturbation(
    "known later", "what is known in advance is another beyond the horizon", _all, _announced,
    whole=False, in_advance=True,
)  # fmt: skip
ONE_SERIES = Perturbation(
    "one series", "later bars of one series take another path", _one_series, _elsewhere
)
