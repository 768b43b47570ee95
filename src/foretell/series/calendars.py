"""When the bars of each series open, as far as the training span shows it.

A later bar may show another holiday. A series is read by what was known when the model was trained,
or a bar would be read otherwise once later ones are there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from foretell.series.frequency import Frequency
from foretell.series.holidays import Holiday
from foretell.series.sequence import Sequence

__all__ = ["Calendars"]


@dataclass(frozen=True)
class Calendars:
    """The steps of the series that a model was trained on.

    Attributes
    ----------
    usual : Frequency
        Of most of them, and of any that was not among them.
    others : mapping of str to Frequency
        Of those that differ.
    """

    usual: Frequency
    others: Mapping[str, Frequency] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Sequence]) -> Self:
        """Take those of training spans."""
        by_name = {row.name: row.frequency for row in rows}
        usual = Counter(by_name.values()).most_common(1)[0][0]
        return cls(usual, {name: each for name, each in by_name.items() if each != usual})

    def __getitem__(self, name: str) -> Frequency:
        return self.others.get(name, self.usual)

    def to_dict(self) -> dict[str, Any]:
        """Write as what JSON knows."""
        others = {name: _written(each) for name, each in self.others.items()}
        return {"usual": _written(self.usual), "others": others}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is something else.
        """
        others = {name: _read(each) for name, each in kept["others"].items()}
        return cls(_read(kept["usual"]), others)


def _written(frequency: Frequency) -> dict[str, Any]:
    return asdict(frequency) | {"weekdays": sorted(frequency.weekdays)}


def _read(kept: Mapping[str, Any]) -> Frequency:
    return Frequency(
        int(kept["seconds"]), int(kept["months"]), frozenset(map(int, kept["weekdays"])),
        tuple(map(int, kept["opens"])), tuple(Holiday(**rule) for rule in kept["holidays"]),
    )  # fmt: skip
