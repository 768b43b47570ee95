"""The page needs nothing from outside, says everything, and runs nothing that it was given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from foretell import Forecast, Forecaster, TrackRecord
from foretell.proof import NO_RECORD, Comparison
from foretell.report import page

COMMAND = "foretell forecast 'my candles.csv' --horizon 3"
LOADING = {"src", "href", "srcset", "data", "poster", "action", "background", "xlink:href"}
EVIL = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!--<script>alert(1)",
    "'; alert(1); '",
)


class Parsed(HTMLParser):
    """The elements of a page, the text that is read, its scripts and its tables."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.rows: list[list[str]] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts.append(data)
        elif self._inside == "style":
            self.styles.append(data)
        else:
            self.words.append(data)
        if self._inside in ("td", "th"):
            self.rows[-1].append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


@pytest.fixture
def draw(
    model: Forecaster, forecast_of: Callable[..., Forecast], record: TrackRecord
) -> Callable[..., str]:
    """Write a page about series with given names."""

    def make(*names: str, record: TrackRecord | None = record, command: str = COMMAND) -> str:
        return page(forecast_of(*(names or ("SIM",))), record, model.about, command)

    return make


@pytest.fixture
def html(draw: Callable[..., str]) -> str:
    return draw()


@pytest.fixture
def parsed(html: str) -> Parsed:
    return Parsed(html)


# -- nothing from outside ----------------------------------------------------------------------


def test_no_element_loads_anything(parsed: Parsed) -> None:
    loading = [(tag, name) for tag, attrs in parsed.elements for name in attrs if name in LOADING]
    assert loading == []


@pytest.mark.parametrize("tag", ["link", "iframe", "object", "embed", "base", "img"])
def test_there_is_no_element_that_would_load(parsed: Parsed, tag: str) -> None:
    assert parsed.count(tag) == 0


def test_styles_load_nothing(parsed: Parsed) -> None:
    assert parsed.styles
    for style in parsed.styles:
        assert "@import" not in style
        assert "url(" not in style


def test_a_page_that_loads_would_be_noticed() -> None:
    """The three checks above can fail: the page as plotly writes it by default with a CDN."""
    loads = Parsed('<script src="https://cdn.plot.ly/plotly.js"></script><link href="a.css">')
    assert [name for _, attrs in loads.elements for name in attrs] == ["src", "href"]
    assert loads.count("link") == 1


def test_the_chart_library_is_inside_once(draw: Callable[..., str]) -> None:
    large = [
        [script for script in Parsed(each).scripts if len(script) > 1_000_000]
        for each in (draw("ONE"), draw("ONE", "TWO"))
    ]
    assert [len(scripts) for scripts in large] == [1, 1]


def test_the_library_comes_before_what_it_draws(parsed: Parsed) -> None:
    kinds = ["library" if len(script) > 1_000_000 else "chart" for script in parsed.scripts]
    library = kinds.index("library")
    drawing = [n for n, script in enumerate(parsed.scripts) if "Plotly.newPlot" in script]
    assert library < min(n for n in drawing if n != library)


# -- everything is said ------------------------------------------------------------------------


def test_the_verdict_is_said(parsed: Parsed, record: TrackRecord) -> None:
    headline, _, rest = record.sentence.partition(": ")
    assert headline == "No skill shown"
    assert headline in parsed.text
    assert rest[1:] in parsed.text


def classes(parsed: Parsed) -> list[str | None]:
    return [attrs["class"] for tag, attrs in parsed.elements if tag == "div" and "class" in attrs]


def test_skill_looks_different_from_none(draw: Callable[..., str], record: TrackRecord) -> None:
    sure = [Comparison(each.rival, 0.1, [0.1] * 3, 0.001, 0.01) for each in record.comparisons]
    skilful = Parsed(draw(record=replace(record, comparisons=sure)))
    assert "Skill" in skilful.words
    assert "verdict skill" in classes(skilful)
    assert "verdict skill" not in classes(Parsed(draw()))


def test_every_row_of_the_forecast_is_there(
    draw: Callable[..., str], forecast_of: Callable[..., Forecast]
) -> None:
    rows = Parsed(draw("ONE", "TWO")).rows
    forecast = forecast_of("ONE", "TWO")
    band = forecast.interval(0.8).select("lower", "upper").rows()
    for said, (lower, upper) in zip(forecast.to_frame().to_dicts(), band, strict=True):
        (row,) = [r for r in rows if r[:2] == [said["series"], f"+{said['horizon']}"]]
        assert row[2] == f"{said['time']:%Y-%m-%d}"
        assert row[3] == f"{said['q0.5']:,.6g}"
        assert row[5] == f"{lower:,.6g} to {upper:,.6g}"


def test_every_series_has_its_chart(draw: Callable[..., str]) -> None:
    parsed = Parsed(draw("ONE", "TWO"))
    assert classes(parsed).count("chart") == 2 + 1  # and one of the record
    text = "".join(parsed.scripts)
    assert "ONE, forecast from" in text
    assert "TWO, forecast from" in text


def test_the_record_is_there_in_figures(parsed: Parsed) -> None:
    assert ["against the random walk", "+5.10%", "< 0.001"] in parsed.rows
    assert ["against the EWMA volatility", "-1.23%", "0.87"] in parsed.rows
    assert ["1,234 origins, 2024-01-01 to 2024-12-31", "skill", "p"] in parsed.rows
    assert ["80% band", "79.2%", "78.1%", "79.2%", "80.3%"] in parsed.rows


def test_a_missing_record_is_said(draw: Callable[..., str]) -> None:
    parsed = Parsed(draw(record=None))
    assert "No track record" in parsed.words
    assert NO_RECORD in parsed.text
    assert "Skill by horizon" not in "".join(parsed.scripts)
    assert "origins" not in parsed.text


def test_the_command_can_be_copied(parsed: Parsed) -> None:
    assert COMMAND in parsed.words


def test_how_it_was_made_is_there(parsed: Parsed, model: Forecaster) -> None:
    data = model.about["data"]
    assert ["anchor", model.about["anchor"]] in parsed.rows
    assert ["trained on", f"200 bars, {data['first']} to {data['last']}"] in parsed.rows
    assert ["data SHA-256", data["sha256"][:16] + "..."] in parsed.rows
    assert any(row[:1] == ["versions"] and "torch" in row[1] for row in parsed.rows)


def test_nothing_is_left_to_fill_in(parsed: Parsed) -> None:
    assert "$" not in parsed.text


# -- nothing that was given is run -------------------------------------------------------------


@pytest.mark.parametrize("name", EVIL)
def test_a_series_name_adds_no_element(draw: Callable[..., str], name: str) -> None:
    good, evil = Parsed(draw("SIM")), Parsed(draw(name))
    assert [tag for tag, _ in evil.elements] == [tag for tag, _ in good.elements]


@pytest.mark.parametrize("name", EVIL)
def test_a_series_name_is_shown_as_it_is(draw: Callable[..., str], name: str) -> None:
    parsed = Parsed(draw(name))
    assert name in [row[0] for row in parsed.rows if row]
    assert sum(name in words for words in parsed.words) >= 3  # title, heading, table


@pytest.mark.parametrize("name", [name for name in EVIL if "<" in name])
def test_a_series_name_stays_escaped_in_the_charts(draw: Callable[..., str], name: str) -> None:
    html = draw(name)
    assert name not in html
    assert any("alert(1)" in script for script in Parsed(html).scripts)  # it is there, escaped


def test_a_quote_does_not_leave_its_string(draw: Callable[..., str]) -> None:
    assert '"text":"\\"}}); alert(1); ({\\", forecast from' in draw('"}}); alert(1); ({"')


def test_a_series_name_is_no_markup_in_a_chart(forecast_of: Callable[..., Forecast]) -> None:
    name = '<a href="https://example.com">BTC</a>'
    title = forecast_of(name).plot(name).layout.title.text
    assert "<a" not in title
    assert unescape(title).startswith(name)


def test_a_command_adds_no_element(draw: Callable[..., str]) -> None:
    evil = Parsed(draw(command="foretell forecast '<script>alert(1)</script>'"))
    assert [tag for tag, _ in evil.elements] == [tag for tag, _ in Parsed(draw()).elements]
    assert "foretell forecast '<script>alert(1)</script>'" in evil.words


def test_a_name_with_a_dollar_is_no_placeholder(draw: Callable[..., str]) -> None:
    parsed = Parsed(draw("$verdict ${record} $nothing"))
    assert "$verdict ${record} $nothing: the next 3 bars" in parsed.words


# -- light and dark ----------------------------------------------------------------------------


def colours(style: str) -> set[str]:
    return set(re.findall(r"(--\w+):", style))


def test_every_colour_has_a_light_and_a_dark_shade(parsed: Parsed) -> None:
    style = "".join(parsed.styles)
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    used = set(re.findall(r"var\((--\w+)\)", style))
    assert used
    assert used <= colours(light)
    assert used <= colours(dark)


def test_the_browser_is_told_of_both(parsed: Parsed) -> None:
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in parsed.elements


def test_charts_follow_the_reader_s_choice(parsed: Parsed) -> None:
    last = parsed.scripts[-1]
    assert 'matchMedia("(prefers-color-scheme: dark)")' in last
    assert "Plotly.relayout" in last
