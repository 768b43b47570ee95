"""Reading sequences that are not prices: temperatures, loads, counts."""

from __future__ import annotations

import math

import numpy as np

from foretell.features.averages import Average
from foretell.features.calendar import Calendar
from foretell.features.paths import Path, Recursion
from foretell.features.reader import Reading
from foretell.series import Bar, Frequency

__all__ = ["MEMORIES", "Levels", "in_logs"]

MEMORIES = {"fast": 0.8, "medium": 0.96, "slow": 0.994}
CLIP = 8.0
FLOOR = 1e-6  # smallest volatility, relative to the usual size of the values
TINY = 1e-300  # the same where all values so far are nothing
# In logs, how far below its slow mean a value counts: a meter that reads nothing for a while has
# a logarithm too.
DEEPEST = 7.0


class Levels:
    """Recursion over ``(value,)`` or ``(value, effect)``.

    The level is the value or its log, without the effect on it of what is known in advance.
    Nothing that the network reads depends on the unit of the values: it is in multiples of the
    usual change from bar to bar.

    Parameters
    ----------
    frequency : Frequency
    horizon : int
    paths : tuple of Path
        Plain forecasts that a centre may be drawn towards.
    log : bool
        Whether levels are logs of the values.
    """

    def __init__(
        self,
        frequency: Frequency,
        horizon: int,
        *,
        paths: tuple[Path, ...] = (),
        log: bool = False,
    ) -> None:
        self._calendar = Calendar(frequency, year=True)
        self._frequency = frequency
        self._horizon = horizon
        self._log = log
        self._paths = [path.start() for path in paths]
        self._shown = [number for number, path in enumerate(paths) if path.shown]
        self._means = [Average(decay) for decay in MEMORIES.values()]
        # Sizes of the change and of what each path misses by, at every memory.
        self._errors = [[Average(decay) for decay in MEMORIES.values()] for _ in (None, *paths)]
        # What each path has missed by lately, with its sign: a season may be warm as a whole.
        self._offs = [Average(MEMORIES["medium"]) for _ in paths]
        self._size = Average(MEMORIES["slow"])  # of the values, without their sign
        self._last, self._last_time = 0.0, 0.0
        self.path_names = tuple(path.name for path in paths)
        self.volatility_names = tuple(
            f"{error}_{memory}" for error in ("change", *self.path_names) for memory in MEMORIES
        )
        self.term_names = (
            *(f"to_{memory}" for memory in MEMORIES),
            "change",
            *(f"{kind}_{name}" for name in self.path_names for kind in ("from", "off")),
        )
        own = ("change", "abs_change", *(f"from_{memory}" for memory in MEMORIES), "volatility")
        of_paths = tuple(
            f"{kind}_{name}"
            for name in self.path_names
            for kind in ("from", "off", "ahead", "error")
        )
        size = ("size",) if log else ()  # in logs it has no unit
        ways = tuple(
            f"way_{paths[number].name}_{bar + 1}"
            for number in self._shown
            for bar in range(horizon)
        )
        self.input_names = (*own, "gap", *size, *of_paths, *ways, *self._calendar.names)

    def step(self, time: int, bar: Bar) -> Reading:
        """See `Reader.step`."""
        level = self._level(bar[0]) - sum(bar[1:])
        first = self._size.count == 0.0
        last = level if first else self._last
        size = self._size.step(abs(level))
        floor = FLOOR if self._log else max(FLOOR * size, TINY)
        scale_before = floor if first else max(self._errors[0][1].value, floor)
        misses = [level - last, *(level - path.expected(last) for path in self._paths)]
        volatility = [
            math.log(max(average.step(abs(miss)), floor))
            for miss, averages in zip(misses, self._errors, strict=True)
            for average in averages
        ]
        offs = [average.step(miss) for average, miss in zip(self._offs, misses[1:], strict=True)]
        to_mean = [average.step(level) - level for average in self._means]
        path = self._ahead(time, level, first=first)
        scale = max(self._errors[0][1].value, floor)
        change = _clip(misses[0] / scale_before)
        inputs = [change, abs(change), *(_clip(-distance / scale) for distance in to_mean)]
        inputs += [volatility[0] - volatility[2], self._gap(time, first=first)]
        inputs += volatility[1:2] if self._log else []
        terms = [*to_mean, misses[0]]
        for number, (miss, off) in enumerate(zip(misses[1:], offs, strict=True)):
            way = path[number * self._horizon] - level
            inputs += [_clip(distance / scale) for distance in (miss, off, way)]
            inputs.append(volatility[4 + 3 * number] - volatility[1])
            terms += [miss, off]
        for number in self._shown:
            inputs += self._way(path, number, level + to_mean[1], volatility)
        inputs += self._calendar.at(time)
        self._last, self._last_time = level, float(time)
        return Reading(inputs, level, volatility, path, terms)

    def state(self) -> list[float]:
        """See `Reader.state`."""
        kept = (number for part in self._parts() for number in part.state())
        return [self._last, self._last_time, *kept]

    def restore(self, state: list[float]) -> None:
        """See `Reader.restore`."""
        self._last, self._last_time = state[:2]
        place = 2
        for part in self._parts():
            length = len(part.state())
            part.restore(state[place : place + length])
            place += length

    def _parts(self) -> list[Average | Recursion]:
        """All that remembers something, in the order of the state."""
        errors = (each for group in self._errors for each in group)
        return [*errors, *self._means, *self._offs, self._size, *self._paths]

    def _level(self, value: float) -> float:
        if not self._log:
            return value
        if not self._size.count:
            return math.log(value) if value > 0.0 else 0.0
        lowest = self._means[-1].value - DEEPEST
        return max(math.log(value), lowest) if value > 0.0 else lowest

    def _ahead(self, time: int, level: float, *, first: bool) -> list[float]:
        """Take the bar into every path; what they expect from it on."""
        bars = 1 if first else self._frequency.bars(int(self._last_time), time)
        coming: list[float] = []
        for path in self._paths:
            path.step(level, bars)
            coming += path.ahead(self._horizon, level)
        return coming

    def _way(
        self, path: list[float], number: int, middle: float, volatility: list[float]
    ) -> list[float]:
        """All that a path goes through, from a recent mean on, in its own errors."""
        coming = path[number * self._horizon : (number + 1) * self._horizon]
        unit = math.exp(volatility[5 + 3 * number])
        return [_clip((level - middle) / unit) for level in coming]

    def _gap(self, time: int, *, first: bool) -> float:
        elapsed = 1.0 if first else self._frequency.elapsed(int(self._last_time), time)
        return math.log(max(elapsed, 1.0))


def in_logs(value_T: np.ndarray) -> np.ndarray:
    """Values in logs, all at once: the least that one counts as is told by the mean of all.

    Parameters
    ----------
    value_T : ndarray of float64, shape (T,)
    """
    some = value_T[value_T > 0.0]
    usual = np.log(some).mean() if len(some) else 0.0
    return np.asarray(np.log(np.maximum(value_T, np.exp(usual - DEEPEST))))


def _clip(scaled: float) -> float:
    return max(-CLIP, min(CLIP, scaled))
