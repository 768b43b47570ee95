"""Markdown in which no text can become markup."""

from __future__ import annotations

from foretell.report.content import (
    Alarm,
    Bullets,
    Chart,
    Code,
    Content,
    Facts,
    Gallery,
    Section,
    Table,
    Tiles,
)
from foretell.report.markdown import markdown


def written(*parts: object) -> str:
    text = markdown(Content("Title", "Good: news", True, tuple(parts), ()))
    return text.removeprefix("**Good: news**\n\nTitle\n\n").removesuffix("\n")


def never() -> None:
    raise AssertionError


def test_a_table_has_its_marks_and_what_stands_out() -> None:
    table = Table(("name", "loss"), (("a|b", "1"), ("c", "2")), frozenset({(1, 1)}))
    assert written(table).splitlines() == [
        "| name | loss |",
        "| :-- | --: |",
        r"| a\|b | 1 |",
        "| c | **2** |",
    ]


def test_text_is_no_markup() -> None:
    assert written("<b> *x* [y](z) `w` #1\nnext") == r"\<b\> \*x\* \[y\](z) \`w\` \#1 next"


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    assert written(Code("echo ```` x")) == "`````sh\necho ```` x\n`````"
    assert written(Code("ls")) == "```sh\nls\n```"


def test_other_parts() -> None:
    assert written(Bullets(("one", "two"))) == "- one\n- two"
    assert written(Alarm("leak!")) == "**leak!**"
    assert written(Facts((("seed", "1"),))).endswith("| :-- | :-- |\n| seed | 1 |")
    assert written(Tiles((("5%", "skill"),))).endswith("| skill | 5% |")


def test_a_chart_is_its_figures_and_is_not_drawn() -> None:
    table = Table(("x",), (("1",),))
    assert written(Chart("How to read it.", never, table)) == written(table)
    assert written(Chart("How to read it.", never), "words") == "words"


def test_a_section_of_charts_alone_is_left_out() -> None:
    sections = (
        Section("Seen", ("rule", Gallery("How.", never))),
        Section("Read", ("words",)),
    )
    text = markdown(Content("T", "V: v", False, (), sections))
    assert "Seen" not in text
    assert text.endswith("## Read\n\nwords\n")
