"""The chart of skill shows the record's figures."""

from __future__ import annotations

from dataclasses import replace

from foretell import TrackRecord
from foretell.report.figures import skill_by_horizon


def test_there_is_a_line_a_rival(record: TrackRecord) -> None:
    names = [line.name for line in skill_by_horizon(record).data]
    assert names == ["against random walk", "against EWMA volatility"]


def test_lines_show_the_figures_of_the_record(record: TrackRecord) -> None:
    for line, each in zip(skill_by_horizon(record).data, record.comparisons, strict=True):
        assert list(line.x) == [1, 2, 3]
        assert list(line.y) == each.skill_by_horizon


def test_lines_can_be_told_apart(record: TrackRecord) -> None:
    colours = [line.line.color for line in skill_by_horizon(record).data]
    assert len(set(colours)) == len(colours)


def test_a_line_of_no_skill_is_drawn(record: TrackRecord) -> None:
    (zero,) = skill_by_horizon(record).layout.shapes
    assert (zero.y0, zero.y1) == (0.0, 0.0)


def test_axes_are_named_and_skill_is_a_percentage(record: TrackRecord) -> None:
    layout = skill_by_horizon(record).layout
    assert layout.title.text == "Skill by horizon"
    assert layout.xaxis.title.text == "bars ahead"
    assert layout.yaxis.tickformat.endswith("%")


def test_one_bar_ahead_is_a_record_too(record: TrackRecord) -> None:
    only = [
        replace(each, skill_by_horizon=each.skill_by_horizon[:1]) for each in record.comparisons
    ]
    figure = skill_by_horizon(replace(record, horizon=1, comparisons=only))
    assert [list(line.x) for line in figure.data] == [[1], [1]]


def test_a_rival_is_no_markup(record: TrackRecord) -> None:
    rival = replace(record.comparisons[0], rival='<a href="x">walk</a>')
    (line,) = skill_by_horizon(replace(record, comparisons=[rival])).data
    assert line.name == 'against &lt;a href="x"&gt;walk&lt;/a&gt;'
