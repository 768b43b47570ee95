"""Reading further columns beside a sequence's own: what is measured, and what is known in advance.

Axes: H horizons, I inputs, K columns known in advance.
"""

from __future__ import annotations

from math import isnan, log1p

from foretell.features.averages import Average
from foretell.features.reader import Reader, Reading
from foretell.series import INPUT, KNOWN, Bar, own_columns, plain, with_role

__all__ = ["Covariates"]

DECAY = 0.994  # about half a year of daily bars: the longest memory of the other readers
CLIP = 8.0
FLOOR = 1e-9  # smallest spread of a column, relative to its values


class Covariates:
    """A reader of a sequence's own columns, and further ones beside it.

    A bar holds the own values, then the inputs, then the columns known in advance: first of the
    bar itself and then of the `horizon` bars after it, bar by bar (`Sequence.bars` makes such
    bars). An input enters at its own bar, as its distance from its running mean and its change,
    both in running spreads, as its unit is not known, and the bars since it last had a value. A
    column known in advance enters as it is.

    Where the effects of these columns on a level are known, the reader takes them off it, and what
    is forecast gets those of the bars ahead. So a holiday leaves no trace in what is expected of
    the days after it, and whatever the centre is, it is right on holidays.

    Parameters
    ----------
    reader : Reader
        Of the own columns; with effects, one that takes them off (`Levels`).
    columns : tuple of str
        All columns, by their role.
    horizon : int
    effects : tuple of float
        What one unit of each column known in advance adds to the level; empty for none.
    """

    def __init__(
        self, reader: Reader, columns: tuple[str, ...], horizon: int, effects: tuple[float, ...]
    ) -> None:
        self._reader = reader
        self._effects = effects
        inputs, known = with_role(columns, INPUT), with_role(columns, KNOWN)
        self._own = len(own_columns(columns))
        self._columns = [_Column() for _ in inputs]
        self.volatility_names = reader.volatility_names
        self.path_names, self.term_names = reader.path_names, reader.term_names
        self.input_names = (
            *reader.input_names,
            *(f"{plain(name)}_{what}" for name in inputs for what in ("level", "change", "age")),
            *(f"{plain(name)}_at_{step}" for step in range(horizon + 1) for name in known),
        )

    def step(self, time: int, bar: Bar) -> Reading:
        """See `Reader.step`."""
        measured = self._own + len(self._columns)
        added = self._added(bar[measured:])
        reading = self._reader.step(time, bar[: self._own] + tuple(added[:1]))
        inputs = list(reading.inputs)
        for column, value in zip(self._columns, bar[self._own : measured], strict=True):
            inputs += column.step(value)
        return reading._replace(inputs=[*inputs, *bar[measured:]], effect=added or reading.effect)

    def _added(self, known: Bar) -> list[float]:
        """What the effects add to the level at the bar and at each of those after it."""
        count = len(self._effects)
        starts = range(0, len(known), count) if count else ()
        return [
            sum(effect * known[start + k] for k, effect in enumerate(self._effects))
            for start in starts
        ]

    def state(self) -> list[float]:
        """See `Reader.state`."""
        kept = [number for column in self._columns for number in column.state()]
        return kept + self._reader.state()

    def restore(self, state: list[float]) -> None:
        """See `Reader.restore`."""
        for place, column in enumerate(self._columns):
            column.restore(state[place * _Column.SIZE : (place + 1) * _Column.SIZE])
        self._reader.restore(state[len(self._columns) * _Column.SIZE :])


class _Column:
    """One input: where a value is missing, the last one stands, and its age tells."""

    SIZE = 6

    def __init__(self) -> None:
        self._last = 0.0
        self._age = 0.0  # bars since it had a value, or since the first bar
        self._mean = Average(DECAY)
        self._spread = Average(DECAY)

    def step(self, value: float) -> list[float]:
        """Level, change and age after one more bar."""
        if isnan(value):
            self._age += 1.0
            change = 0.0
        else:
            change = value - self._last if self._mean.count else 0.0
            self._mean.step(value)
            self._spread.step(abs(value - self._mean.value))
            self._last, self._age = value, 0.0
        unit = max(self._spread.value, FLOOR * max(1.0, abs(self._last)))
        level = self._last - self._mean.value
        return [_clip(level / unit), _clip(change / unit), log1p(self._age)]

    def state(self) -> list[float]:
        return [self._last, self._age, *self._mean.state(), *self._spread.state()]

    def restore(self, state: list[float]) -> None:
        self._last, self._age = state[:2]
        self._mean.restore(state[2:4])
        self._spread.restore(state[4:6])


def _clip(scaled: float) -> float:
    return max(-CLIP, min(CLIP, scaled))
