"""Reading sequences that are not prices: temperatures, loads, counts."""

from __future__ import annotations

import math

from foretell.features.averages import Average
from foretell.features.calendar import Calendar
from foretell.features.reader import Reading
from foretell.features.seasons import Season
from foretell.series import Bar, Frequency

__all__ = ["Levels"]

MEMORIES = (0.8, 0.96, 0.994)
NAMES = ("fast", "medium", "slow")
CLIP = 8.0
FLOOR = 1e-6  # smallest volatility, relative to the usual size of the values
TINY = 1e-300  # the same where all values so far are nothing
# In logs, how far below its slow mean a value counts: a meter that reads nothing for a while has
# a logarithm too.
DEEPEST = 7.0


class Levels:
    """Recursion over ``(value,)``.

    The level is the value or its log. Nothing a reading holds depends on the unit of the values:
    inputs are in multiples of the usual change from bar to bar.

    Parameters
    ----------
    frequency : Frequency
    horizon : int
    periods : tuple of int
        Bars in each season.
    log : bool
        Whether levels are logs of the values.
    """

    def __init__(
        self,
        frequency: Frequency,
        horizon: int,
        *,
        periods: tuple[int, ...] = (),
        log: bool = False,
    ) -> None:
        self._calendar = Calendar(frequency, year=True)
        self._frequency = frequency
        self._horizon = horizon
        self._log = log
        self._seasons = [Season(period) for period in periods]
        self._errors = [[Average(decay) for decay in MEMORIES] for _ in range(1 + len(periods))]
        self._means = [Average(decay) for decay in MEMORIES]
        self._size = Average(MEMORIES[-1])  # of the values, without their sign
        self._last, self._last_time = 0.0, 0.0
        self.path_names = tuple(f"season_{period}" for period in periods)
        self.volatility_names = tuple(
            f"{error}_{memory}" for error in ("change", *self.path_names) for memory in NAMES
        )
        self.term_names = (
            *(f"to_{memory}" for memory in NAMES),
            "change",
            *(f"from_{name}" for name in self.path_names),
        )
        own = ("change", "abs_change", *(f"from_{memory}" for memory in NAMES), "volatility", "gap")
        seasonal = tuple(
            f"{kind}_{name}" for name in self.path_names for kind in ("from", "ahead", "error")
        )
        self.input_names = own + seasonal + self._calendar.names

    def step(self, time: int, bar: Bar) -> Reading:
        """See `Reader.step`."""
        level = self._level(bar[0])
        first = self._size.count == 0.0
        last = level if first else self._last
        change = level - last
        size = self._size.step(abs(level))
        floor = FLOOR if self._log else max(FLOOR * size, TINY)
        scale_before = floor if first else max(self._errors[0][1].value, floor)
        from_season = [level - season.expected(last) for season in self._seasons]
        volatility = [
            math.log(max(average.step(abs(error)), floor))
            for error, averages in zip((change, *from_season), self._errors, strict=True)
            for average in averages
        ]
        to_mean = [average.step(level) - level for average in self._means]
        path: list[float] = []
        for season in self._seasons:
            season.step(level)
            path += season.ahead(self._horizon, level)

        scale = max(self._errors[0][1].value, floor)
        elapsed = 1.0 if first else self._frequency.elapsed(int(self._last_time), time)
        scaled = _clip(change / scale_before)
        inputs = [scaled, abs(scaled), *(_clip(-distance / scale) for distance in to_mean)]
        inputs += [volatility[0] - volatility[2], math.log(max(elapsed, 1.0))]
        for number, distance in enumerate(from_season):
            inputs.append(_clip(distance / scale))
            inputs.append(_clip((path[number * self._horizon] - level) / scale))
            inputs.append(volatility[4 + 3 * number] - volatility[1])
        inputs += self._calendar.at(time)
        self._last, self._last_time = level, float(time)
        return Reading(inputs, level, volatility, path, [*to_mean, change, *from_season])

    def state(self) -> list[float]:
        """See `Reader.state`."""
        kept = [self._last, self._last_time]
        for average in self._averages():
            kept += average.state()
        for season in self._seasons:
            kept += season.state()
        return kept

    def restore(self, state: list[float]) -> None:
        """See `Reader.restore`."""
        self._last, self._last_time = state[:2]
        place = 2
        for part in (*self._averages(), *self._seasons):
            length = len(part.state())
            part.restore(state[place : place + length])
            place += length

    def _averages(self) -> list[Average]:
        return [*(each for group in self._errors for each in group), *self._means, self._size]

    def _level(self, value: float) -> float:
        if not self._log:
            return value
        lowest = self._means[-1].value - DEEPEST if self._size.count else 0.0
        return max(math.log(value), lowest) if value > 0.0 else lowest


def _clip(scaled: float) -> float:
    return max(-CLIP, min(CLIP, scaled))
