"""A report's content as Markdown: everything but the charts, whose figures become tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from foretell.report.content import (
    Alarm,
    Bullets,
    Chart,
    Code,
    Content,
    Facts,
    Gallery,
    Part,
    Table,
    Tiles,
)

__all__ = ["markdown"]

SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


def markdown(content: Content) -> str:
    """Write it."""
    blocks = [f"**{_text(content.verdict)}**", f"{_text(content.title)}"]
    blocks += [block for part in content.lead for block in _blocks(part)]
    for section in content.sections:
        if any(isinstance(part, Gallery) for part in section.parts):
            continue  # nothing but charts
        blocks.append(f"## {_text(section.title)}")
        blocks += [block for part in section.parts for block in _blocks(part)]
    return "\n\n".join(blocks) + "\n"


def _blocks(part: Part) -> Iterator[str]:
    match part:
        case str():
            yield _text(part)
        case Table():
            yield _table(part)
        case Alarm():
            yield f"**{_text(part.sentence)}**"
        case Facts():
            yield _table(Table(("", ""), part.rows), ":--")
        case Tiles():
            yield _table(Table(("", ""), tuple((what, value) for value, what in part.figures)))
        case Bullets():
            yield "\n".join(f"- {_text(sentence)}" for sentence in part.sentences)
        case Code():
            yield _fenced(part.text)
        case Chart(figures=Table() as figures):
            yield _table(figures)
        case Chart() | Gallery():
            return


def _table(table: Table, align: str = "--:") -> str:
    rows = [
        [
            f"**{_text(cell)}**" if (y, x) in table.strong else _text(cell)
            for x, cell in enumerate(row)
        ]
        for y, row in enumerate(table.rows)
    ]
    marks = [":--", *[align] * (len(table.headings) - 1)]
    return "\n".join(
        f"| {' | '.join(row)} |" for row in ([_text(h) for h in table.headings], marks, *rows)
    )


def _text(text: str) -> str:
    """Text that nothing in it can turn into markup."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _fenced(command: str) -> str:
    """Code, between fences longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", command)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sh\n{command}\n{fence}"
