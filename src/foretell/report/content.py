"""What a report says, apart from how it is written: HTML and Markdown write the same content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Alarm",
    "Bullets",
    "Chart",
    "Code",
    "Content",
    "Facts",
    "Gallery",
    "Part",
    "Section",
    "Table",
    "Tiles",
]


@dataclass(frozen=True)
class Table:
    """Text in rows.

    Attributes
    ----------
    headings : tuple of str
    rows : tuple of tuple of str
    strong : frozenset of (int, int)
        Row and column of the cells that stand out.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True)
class Facts:
    """What something is, and its value in words."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Alarm:
    """A sentence that must not be missed."""

    sentence: str


@dataclass(frozen=True)
class Tiles:
    """A few figures that are seen first: each a value and what it is."""

    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bullets:
    """Sentences, one below the other."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """What is typed at a prompt."""

    text: str


@dataclass(frozen=True)
class Chart:
    """A figure.

    Attributes
    ----------
    caption : str
        One sentence that tells how to read it.
    draw : callable
        Gives a `plotly.graph_objects.Figure`; called only where charts are shown.
    figures : Table, optional
        What is drawn, in figures: for whom does not see the chart, or wants to know exactly.
    """

    caption: str
    draw: Callable[[], Any]
    figures: Table | None = None


@dataclass(frozen=True)
class Gallery:
    """Figures of many series, of which the reader picks one.

    Attributes
    ----------
    caption : str
    draw : callable
        Gives a dictionary from a series to its figures.
    """

    caption: str
    draw: Callable[[], dict[str, list[Any]]]


Part = str | Alarm | Table | Facts | Tiles | Bullets | Code | Chart | Gallery


@dataclass(frozen=True)
class Section:
    """A heading, and what stands under it; a string is a paragraph."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Content:
    """A report.

    Attributes
    ----------
    title : str
    verdict : str
        ``Headline: sentence``.
    good : bool
        Whether it is good news.
    lead : tuple of Part
        What stands right under the verdict.
    sections : tuple of Section
    """

    title: str
    verdict: str
    good: bool
    lead: tuple[Part, ...]
    sections: tuple[Section, ...]
