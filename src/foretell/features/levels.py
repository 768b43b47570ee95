"""Reading sequences that are not prices: temperatures, loads, counts."""

from __future__ import annotations

from math import log

from foretell.features.averages import Average
from foretell.features.calendar import Calendar
from foretell.features.reader import Reading
from foretell.series import Bar, Frequency

__all__ = ["Levels"]

MEMORIES = (0.8, 0.96, 0.994)
CLIP = 8.0
FLOOR = 1e-6  # smallest volatility, relative to the level


class Levels:
    """Recursion over ``(value,)``.

    The target space is the value itself. The centre is the last value, or with a season the
    value one season before the bar that is forecast.

    Parameters
    ----------
    frequency : Frequency
    horizon : int
    season : int
        Bars in a season; 0 for the last value as centre.
    """

    volatility_names: tuple[str, ...] = ("error_fast", "error_medium", "error_slow")

    def __init__(self, frequency: Frequency, horizon: int, *, season: int) -> None:
        self._calendar = Calendar(frequency, year=True)
        self._frequency = frequency
        self._horizon = horizon
        self._season = season
        self._errors = [Average(decay) for decay in MEMORIES]
        self._levels = [Average(decay) for decay in MEMORIES]
        self._past: list[float] = []  # the last season, oldest first; one value without a season
        self._last_time = 0.0
        own = ("change", "abs_change", "from_fast", "from_medium", "from_slow", "volatility", "gap")
        seasonal = ("from_season", "season_ahead") if season else ()
        self.input_names = own + seasonal + self._calendar.names

    def step(self, time: int, bar: Bar) -> Reading:
        """See `Reader.step`."""
        (value,) = bar
        first = not self._past
        change = 0.0 if first else value - self._past[-1]
        expected = value if first else self._past[0]
        floor = FLOOR * max(1.0, abs(value))
        scale_before = floor if first else max(self._errors[1].value, floor)
        volatility = [log(max(each.step(abs(value - expected)), floor)) for each in self._errors]
        levels = [average.step(value) for average in self._levels]
        elapsed = 1.0 if first else self._frequency.elapsed(int(self._last_time), time)
        scale = max(self._errors[1].value, floor)
        scaled = _clip(change / scale_before)
        inputs = [scaled, abs(scaled), *(_clip((value - level) / scale) for level in levels)]
        inputs += [volatility[0] - volatility[2], log(max(elapsed, 1.0))]
        self._remember(value)
        if self._season:
            inputs.append(_clip((value - expected) / scale))
            inputs.append(_clip((self._past[0] - value) / scale))
        inputs += self._calendar.at(time)
        self._last_time = float(time)
        return Reading(inputs, self._centre(), volatility)

    def state(self) -> list[float]:
        """See `Reader.state`."""
        kept = [self._last_time]
        for average in (*self._errors, *self._levels):
            kept += average.state()
        return kept + self._past

    def restore(self, state: list[float]) -> None:
        """See `Reader.restore`."""
        self._last_time = state[0]
        averages = (*self._errors, *self._levels)
        for number, average in enumerate(averages):
            average.restore(state[1 + 2 * number : 3 + 2 * number])
        self._past = list(state[1 + 2 * len(averages) :])

    def _remember(self, value: float) -> None:
        self._past.append(value)
        if len(self._past) > max(self._season, 1):
            del self._past[0]

    def _centre(self) -> list[float]:
        """The value one season before each bar ahead: ``past[0]`` is that of the next bar."""
        length = len(self._past)
        if not self._season:
            return [self._past[-1]] * self._horizon
        return [self._past[step % length] for step in range(self._horizon)]


def _clip(scaled: float) -> float:
    return max(-CLIP, min(CLIP, scaled))
