"""The HTML of which every page is made. It needs nothing from the network, and escapes all text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from plotly.offline import get_plotlyjs

from foretell.report.content import (
    Alarm,
    Bullets,
    Chart,
    Code,
    Content,
    Facts,
    Gallery,
    Part,
    Section,
    Table,
    Tiles,
)

__all__ = ["document", "embed", "html", "table", "template", "tiles", "verdict"]


def html(content: Content) -> str:
    """Write a report as a page."""
    lead = "\n".join(map(_part, content.lead))
    sections = "\n".join(map(_section, content.sections))
    body = (
        f'<h1 class="soft">{escape(content.title)}</h1>\n'
        f"{verdict(content.verdict, good=content.good, large=True)}\n"
        f"{lead}\n{sections}\n"
    )
    return document(content.title, body)


def document(title: str, body: str) -> str:
    """Write a whole page.

    Parameters
    ----------
    title : str
        Text.
    body : str
        HTML.
    """
    return template("skeleton.html").substitute(
        title=escape(title), library=get_plotlyjs(), body=body
    )


def template(name: str) -> Template:
    """One of the templates beside this module."""
    return Template(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def verdict(sentence: str, *, good: bool, large: bool = False) -> str:
    """Write ``Headline: sentence`` in a box, green or amber."""
    headline, _, rest = sentence.partition(": ")
    mood = "verdict" + " skill" * good + " large" * large
    text = escape(rest[:1].upper() + rest[1:])
    return f'<div class="{mood}"><b>{escape(headline)}</b><br>{text}</div>'


def embed(figure: Any) -> str:
    """Write a chart."""
    chart: str = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        config={"displayModeBar": False, "responsive": True},
    )
    return f'<div class="chart">{chart}</div>'


def table(
    headings: Iterable[str],
    rows: Iterable[Iterable[str]],
    strong: frozenset[tuple[int, int]] = frozenset(),
) -> str:
    """Write a table of text; see `foretell.report.content.Table`."""
    titles = "".join(f"<th>{escape(text)}</th>" for text in headings)
    head = f"<thead><tr>{titles}</tr></thead>" if titles else ""
    body = "".join(
        "<tr>"
        + "".join(_cell(text, strong=(y, x) in strong) for x, text in enumerate(row))
        + "</tr>"
        for y, row in enumerate(rows)
    )
    return f"<table>{head}<tbody>{body}</tbody></table>"


def _cell(text: str, *, strong: bool) -> str:
    return f'<td class="strong">{escape(text)}</td>' if strong else f"<td>{escape(text)}</td>"


def _section(section: Section) -> str:
    return "\n".join([f"<h2>{escape(section.title)}</h2>", *map(_part, section.parts)])


def _part(part: Part) -> str:  # noqa: PLR0911 - one for each kind of part
    match part:
        case str():
            return f"<p>{escape(part)}</p>"
        case Alarm():
            return f'<p class="alarm">{escape(part.sentence)}</p>'
        case Table():
            return f'<div class="wide">{table(part.headings, part.rows, part.strong)}</div>'
        case Facts():
            return f'<div class="facts">{table((), part.rows)}</div>'
        case Tiles():
            return tiles(part.figures)
        case Bullets():
            return _list(part)
        case Code():
            return f"<p><code>{escape(part.text)}</code></p>"
        case Chart():
            return embed(part.draw()) + _caption(part.caption) + _figures(part.figures)
        case Gallery():
            return _gallery(part.draw()) + _caption(part.caption)


def _list(bullets: Bullets) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in bullets.sentences)
    return f"<ul>{items}</ul>"


def tiles(figures: Iterable[tuple[str, str]]) -> str:
    """Write figures that are seen first; see `foretell.report.content.Tiles`."""
    inside = "".join(
        f"<div><b>{escape(value)}</b><span>{escape(what)}</span></div>" for value, what in figures
    )
    return f'<div class="tiles">{inside}</div>'


def _caption(sentence: str) -> str:
    return f'<p class="soft">{escape(sentence)}</p>'


def _figures(figures: Table | None) -> str:
    if figures is None:
        return ""
    return f"<details><summary>In figures</summary>{_part(figures)}</details>"


def _gallery(figures: dict[str, list[Any]]) -> str:
    text = json.dumps([[json.loads(each.to_json()) for each in some] for some in figures.values()])
    return template("gallery.html").substitute(
        hidden=" hidden" * (len(figures) == 1),
        options="".join(f"<option>{escape(name)}</option>" for name in figures),
        figures=text.replace("<", "\\u003c"),  # so that no name can end the script
    )
