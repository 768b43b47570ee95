"""Reading candles: returns, range, volume and volatility, bar by bar."""

from __future__ import annotations

from math import log, log1p, sqrt

from foretell.features.averages import Average
from foretell.features.calendar import Calendar
from foretell.features.reader import Reading
from foretell.series import Bar, Frequency

__all__ = ["RISKMETRICS_DECAY", "Candles"]

# J.P. Morgan/Reuters, RiskMetrics Technical Document, 4th ed. 1996: 0.94 for daily data.
RISKMETRICS_DECAY = 0.94
# About a week, a month and half a year of daily bars: the three memories of Corsi's HAR
# (Journal of Financial Econometrics 7, 2009), stretched.
MEMORIES = (0.8, 0.96, 0.994)
FLOOR = 1e-5  # smallest volatility of a bar, so that a halted market has a logarithm
LOG_FLOOR = log(FLOOR)
CLIP = 8.0  # in volatilities: one crash does not swamp the recurrent state
BODY_WEIGHT = 2.0 * log(2.0) - 1.0


class Candles:
    """Recursion over ``(open, high, low, close[, volume])``.

    The level is the log of the close; nothing draws it anywhere, so that every anchor is centred
    on the last close, a random walk.

    Parameters
    ----------
    frequency : Frequency
    volume : bool
        Whether the bars carry a volume.
    """

    volatility_names: tuple[str, ...] = ("range_fast", "range_medium", "range_slow", "ewma")
    path_names: tuple[str, ...] = ()
    term_names: tuple[str, ...] = ()

    def __init__(self, frequency: Frequency, *, volume: bool) -> None:
        self._calendar = Calendar(frequency, year=False)
        self._frequency = frequency
        self._has_volume = volume
        self._ranges = [Average(decay) for decay in MEMORIES]
        self._variance = Average(RISKMETRICS_DECAY)
        self._volume = Average(RISKMETRICS_DECAY)
        self._last_close = 0.0  # log of it
        self._last_time = 0.0
        own = ("return", "abs_return", "true_range", "volatility", "gap")
        self.input_names = own + (("volume",) if volume else ()) + self._calendar.names

    def step(self, time: int, bar: Bar) -> Reading:
        """See `Reader.step`."""
        opened, high, low, close = log(bar[0]), log(bar[1]), log(bar[2]), log(bar[3])
        first = self._variance.count == 0.0
        previous = opened if first else self._last_close
        move = close - previous
        scaled = 0.0 if first else max(-CLIP, min(CLIP, move / self._sigma()))
        sigma = sqrt(self._variance.step(move * move))
        log_sigma = log(sigma) if sigma > FLOOR else LOG_FLOOR
        spread = _volatility(opened - previous, high - low, close - opened)
        means = [average.step(spread) for average in self._ranges]
        volatility = [log(mean) if mean > FLOOR else LOG_FLOOR for mean in means]
        volatility.append(log_sigma)

        true_range = max(high, previous) - min(low, previous)
        elapsed = 1.0 if first else self._frequency.elapsed(int(self._last_time), time)
        inputs = [
            scaled,
            abs(scaled),
            (log(true_range) if true_range > FLOOR else LOG_FLOOR) - log_sigma,
            log_sigma,
            log(elapsed) if elapsed > 1.0 else 0.0,
        ]
        if self._has_volume:
            usual = self._volume.step(bar[4])
            inputs.append(log1p(bar[4] / usual) if usual > 0.0 else 0.0)
        inputs += self._calendar.at(time)
        self._last_close, self._last_time = close, float(time)
        return Reading(inputs, close, volatility, [], [])

    def state(self) -> list[float]:
        """See `Reader.state`."""
        kept = [self._last_close, self._last_time]
        for average in self._averages():
            kept += average.state()
        return kept

    def restore(self, state: list[float]) -> None:
        """See `Reader.restore`."""
        self._last_close, self._last_time = state[:2]
        for number, average in enumerate(self._averages()):
            average.restore(state[2 + 2 * number : 4 + 2 * number])

    def _averages(self) -> list[Average]:
        return [*self._ranges, self._variance, self._volume]

    def _sigma(self) -> float:
        return max(sqrt(self._variance.value), FLOOR)


def _volatility(gap: float, spread: float, body: float) -> float:
    """Volatility of one bar from its log gap, range and body.

    Garman and Klass (Journal of Business 53, 1980, eq. 20 without its small terms), plus the
    squared move from the close before to the open. With closes alone it is the absolute return.
    """
    inside = 0.5 * spread * spread - BODY_WEIGHT * body * body
    return sqrt(gap * gap + inside) if inside > 0.0 else abs(gap)
