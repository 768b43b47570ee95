"""The report says everything once, in its order, and runs nothing that it was given."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from foretell.errors import UsageError
from foretell.proof import Backtest, Certificate, Finding, RivalResult
from foretell.report import backtest_markdown, write_backtest

COMMAND = "foretell backtest 'my candles.csv' --start 2022-08-01"
LOADING = {"src", "href", "srcset", "data", "poster", "action", "background", "xlink:href"}
HEADINGS = [
    "Everyone who took part",
    "Skill by horizon",
    "Ahead and behind, over time",
    "Forecasts and what came",
    "Do the probabilities mean what they say?",
    "Do the bands hold?",
    "Does it make money?",
    "Notes",
    "How it was made",
    "What this does not say",
]
LOSSES = ("pinball", "crps", "mae", "rmse", "mase", "interval_0.8", "qlike")
EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)//",
    "<!--<script>alert(1)",
    "'; alert(1); '",
    "$title ${body} $figures",
    "a|b `c` *d* _e_ [f](javascript:alert(1))",
)


class Page(HTMLParser):
    """Elements, the words between them, and the rows of tables."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.cells: list[tuple[str, bool]] = []  # and whether each stands out
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
        self.words.append((self._inside, data))
        if self._inside in ("td", "th"):
            self.rows[-1].append(data)
            self.cells.append((data, self.elements[-1][1].get("class") == "strong"))

    def said(self, *tags: str) -> list[str]:
        return [words for tag, words in self.words if tag in tags]

    @property
    def text(self) -> str:
        return " ".join(words for tag, words in self.words if tag not in ("script", "style"))

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    def classed(self, name: str) -> int:
        return sum(name in (attrs.get("class") or "").split() for _, attrs in self.elements)

    def row(self, first: str) -> list[str]:
        return next(row for row in self.rows if row[:1] == [first])


Draw = Callable[..., Page]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    def make(result: Backtest, command: str | None = COMMAND) -> Page:
        write_backtest(result, tmp_path / "out.html", command)
        return Page((tmp_path / "out.html").read_text(encoding="utf-8"))

    return make


@pytest.fixture
def page(draw: Draw, result: Backtest) -> Page:
    return draw(result)


def renamed(result: Backtest, series: str, rival: str) -> Backtest:
    """The same of another series and another rival."""
    first, *others = result.traces
    trace = replace(first, sequence=replace(first.sequence, name=series))
    own, entry, *rest = result.entries
    compared, *more = result.verdict.rivals
    verdict = replace(result.verdict, rivals=(replace(compared, name=rival), *more))
    return replace(
        result, traces=(trace, *others), entries=(own, replace(entry, name=rival), *rest),
        verdict=verdict, best=None, notes=(f"{rival}, series {series}: stood in",),
    )  # fmt: skip


# -- everything is said, once, in its order ----------------------------------------------------


def test_the_verdict_comes_first(page: Page, result: Backtest) -> None:
    headline, _, sentence = str(result.verdict).partition(": ")
    body = [words.strip() for tag, words in page.words if tag not in ("style", "script", "title")]
    said = [words for words in body if words]
    assert said[0] == "Backtest of ONE, TWO"
    assert said[1] == headline == "No skill shown"
    assert said[2].lower() == sentence.lower()


def test_sections_come_in_their_order_and_once(page: Page) -> None:
    assert page.said("h2") == HEADINGS


def test_no_skill_looks_different_from_skill(draw: Draw, result: Backtest) -> None:
    sure = tuple(RivalResult(r.name, 0.1, 0.001, 0.002) for r in result.verdict.rivals)
    skilful = draw(replace(result, verdict=replace(result.verdict, rivals=sure)))
    assert skilful.classed("skill") == 1
    assert draw(result).classed("skill") == 0


def test_small_figures_are_those_of_the_verdict(page: Page, result: Backtest) -> None:
    verdict = result.verdict
    best = min(verdict.rivals, key=lambda rival: rival.skill)
    values = [words for tag, words in page.words if tag == "b"][1:]
    assert values == [f"{best.skill:+.1%}", f"{verdict.coverage['0.8']:.1%}", "2", "87"]


def test_every_sentence_and_caption_stands_once(page: Page) -> None:
    said = [words.strip() for words in page.said("p") if len(words.strip()) > 20]
    assert len(said) == len(set(said))
    captions = [words for words in said if re.match("The line|Bars up|Each|Above", words)]
    assert len(captions) == 6
    for caption in captions:
        assert caption.count(". ") == 0  # one sentence
        assert caption.endswith(".")


def test_every_chart_is_there(page: Page) -> None:
    assert page.classed("chart") == 5  # and the gallery, drawn when it is looked at
    assert page.tags.count("details") == 4  # the trading table stands open


def test_the_rival_that_decides_need_not_be_the_best(draw: Draw, result: Backtest) -> None:
    first, second = result.verdict.rivals
    rivals = (
        replace(first, skill=0.02, p_value=0.001, adjusted=0.002),
        replace(second, skill=0.05, p_value=0.4, adjusted=0.4),
    )
    page = draw(replace(result, verdict=replace(result.verdict, rivals=rivals)))
    said = " ".join(page.said("p"))
    assert f"loss of {second.name}, the rival that decides the verdict" in said
    assert f"saved against {first.name}, the best rival" in said
    own, _, entry = result.entries
    skill = 1.0 - own.loss_TH[:, 0].mean() / entry.loss_TH[:, 0].mean()
    assert any(row[:2] == ["+1", f"{100 * skill:+.2f}%"] for row in page.rows)


def test_comparisons_are_in_the_table(page: Page, result: Backtest) -> None:
    for rival in result.verdict.rivals:
        row = page.row(rival.name)
        assert row[1] == f"{rival.skill:+.2%}"
        assert row[2:4] == [f"{rival.p_value:.3f}", f"{rival.adjusted:.3f}"]
        assert row[4].startswith("yes" if rival.name in result.best.names else "no")


def test_scores_are_in_the_table_with_the_lowest_standing_out(page: Page, result: Backtest) -> None:
    headings = next(row for row in page.rows if "CRPS" in row)
    for entry in result.entries:
        row = next(r for r in page.rows if r[0] == entry.name and len(r) == len(headings))
        cells = dict(zip(headings, row, strict=True))
        overall = entry.board.overall
        assert float(cells["pinball"]) == pytest.approx(overall["pinball"], rel=1e-3)
        assert float(cells["QLIKE"]) == pytest.approx(overall["qlike"], rel=1e-3)
        assert float(cells["interval 80%"]) == pytest.approx(overall["interval_0.8"], rel=1e-3)
        assert cells["in 90%"] == f"{overall['coverage_0.9']:.1%}"
    strong = [cell for cell, stands_out in page.cells if stands_out]
    lowest = [min(e.board.overall[name] for e in result.entries) for name in LOSSES]
    assert [float(cell) for cell in sorted(strong)] == pytest.approx(
        [float(f"{loss:.4g}") for loss in sorted(lowest, key=lambda loss: f"{loss:#.4g}")]
    )


def test_a_direction_that_nobody_told_is_said(draw: Draw, result: Backtest) -> None:
    own, *rest = result.entries
    silent = replace(own.direction[0], accuracy=float("nan"), told=0.0)
    mute = replace(own, direction=[silent, *own.direction[1:]])
    page = draw(replace(result, entries=(mute, *rest)))
    assert "none told" in page.text
    assert "nan" not in page.text.lower()


def test_coverage_before_and_after_is_told_in_figures(page: Page, result: Backtest) -> None:
    held = [f"{result.own.board.by_horizon[f'coverage_{b}'][1]:.1%}" for b in ("0.5", "0.8", "0.9")]
    assert any(row[0] == "+2" and row[1:4] == held for row in page.rows)


def test_money_is_told(page: Page, result: Backtest) -> None:
    assert result.money.sentence in page.said("p")
    for trading in result.money.tradings:
        row = page.row(trading.rule)
        assert row[1:4] == [
            f"{trading.strategy.total_return:+.1%}",
            f"{trading.strategy.sharpe:.2f}",
            f"{trading.strategy.max_drawdown:.1%}",
        ]
    assert page.row("buy and hold")[2] == f"{result.money.tradings[0].hold.sharpe:.2f}"
    assert f"the best of {result.money.deflated.trials} trials" in page.text


def test_how_it_was_made_is_told(page: Page, result: Backtest) -> None:
    assert page.row("data SHA-256")[1] == result.settings["data"]
    assert page.row("fits")[1].startswith("3, the first for origins from 2022-08-01")
    assert page.row("seed")[1] == "0 to 2, one a fit"
    assert "hidden_size=8" in page.row("parameters")[1]
    assert COMMAND in page.said("code")
    assert result.notes[0] in page.said("li")


def test_long_lists_are_cut_and_say_so(draw: Draw, result: Backtest) -> None:
    trace = result.traces[0]
    many = [replace(trace, sequence=replace(trace.sequence, name=f"S{n}")) for n in range(23)]
    notes = tuple(f"note {n}" for n in range(13))
    page = draw(replace(result, traces=tuple(many), notes=notes))
    assert page.said("h1") == ["Backtest of S0, S1 and 21 more"]
    assert page.row("series")[1].endswith("S18, S19 and 3 more")
    assert [note for note in page.said("li") if note.startswith("note")] == list(notes[:10])
    assert "3 more are in the result's notes." in page.said("p")
    assert "The first 20 of 23 series are here." in page.text
    assert len(page.said("option")) == 20


def test_without_a_command_it_says_so(draw: Draw, result: Backtest) -> None:
    page = draw(result, None)
    assert page.said("code") == []
    assert "not by a command" in page.text


# -- what may be missing -----------------------------------------------------------------------


def test_values_and_a_single_rival_have_a_report_too(draw: Draw, value_result: Backtest) -> None:
    page = draw(value_result)
    assert page.said("h2") == [h for h in HEADINGS if h not in ("Notes", "Does it make money?")]
    assert "the only rival" in page.text
    assert "trading simulation" not in page.text
    assert "among the best" not in page.text
    assert "None" not in page.text.replace(page.row("parameters")[1], "")


def test_without_calibration_there_is_no_before(draw: Draw, result: Backtest) -> None:
    own, *rest = result.entries
    page = draw(replace(result, entries=(replace(own, raw_coverage=None), *rest)))
    assert "before" not in " ".join(page.said("th"))
    assert "before calibration" not in page.text


def test_a_missing_audit_is_said(page: Page) -> None:
    assert "Leak audit: none was run" in page.text
    assert "foretell audit" in page.text


def test_a_clean_audit_is_said(draw: Draw, result: Backtest, certificate: Certificate) -> None:
    page = draw(replace(result, certificate=certificate))
    assert f"Leak audit: {certificate.sentence}" in page.said("p")
    assert "noise 3; seed 7" in page.row("leak audit")[1]
    assert page.classed("alarm") == 0


def test_a_leak_is_an_alarm_and_skill_is_no_good_news(
    draw: Draw, result: Backtest, certificate: Certificate
) -> None:
    leaky = replace(certificate, findings=(Finding("leak", "knows one bar ahead."),))
    sure = tuple(RivalResult(r.name, 0.1, 0.001, 0.002) for r in result.verdict.rivals)
    skilful = replace(result, verdict=replace(result.verdict, rivals=sure))
    page = draw(replace(skilful, certificate=leaky))
    assert page.classed("alarm") == 1
    assert "LEAK: knows one bar ahead." in page.text
    assert page.classed("skill") == 0


def test_a_result_writes_its_own_report(result: Backtest, tmp_path: Path) -> None:
    write_backtest(result, tmp_path / "a.html", COMMAND)
    result.report(str(tmp_path / "b.html"), COMMAND)
    first, second = (
        re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", (tmp_path / name).read_text(encoding="utf-8"))
        for name in ("a.html", "b.html")
    )
    assert first == second


def test_a_folder_that_is_not_there_is_a_user_s_mistake(result: Backtest, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        write_backtest(result, tmp_path / "no" / "out.html", None)


# -- nothing from outside, nothing that was given is run ---------------------------------------


def test_nothing_is_loaded(page: Page) -> None:
    assert [name for _, attrs in page.elements for name in attrs if name in LOADING] == []
    assert not {"link", "iframe", "object", "embed", "base", "img"} & set(page.tags)


def test_the_page_is_small_enough_to_send(result: Backtest, tmp_path: Path) -> None:
    write_backtest(result, tmp_path / "out.html", COMMAND)
    assert (tmp_path / "out.html").stat().st_size < 8_000_000


@pytest.mark.parametrize("name", EVIL)
def test_names_and_commands_add_no_element(draw: Draw, result: Backtest, name: str) -> None:
    good = draw(renamed(result, "ONE", "rival"), "command")
    evil = draw(renamed(result, name, name), name)
    assert evil.tags == good.tags
    assert name in evil.said("code")
    assert evil.row(name)  # the rival, as it is
    assert name in evil.said("option")


@pytest.mark.parametrize("name", [name for name in EVIL if "<" in name])
def test_names_stay_escaped_in_scripts(result: Backtest, tmp_path: Path, name: str) -> None:
    write_backtest(renamed(result, name, name), tmp_path / "out.html", name)
    assert name not in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_the_gallery_has_the_fans_of_every_series(page: Page) -> None:
    (place,) = [
        n for n, (tag, attrs) in enumerate(page.elements) if attrs.get("id") == "gallery-figures"
    ]
    assert page.elements[place][1]["type"] == "application/json"
    (text,) = [words for words in page.said("script") if words.startswith("[[")]
    assert "<" not in text  # nothing in it can end the script
    figures = json.loads(text)
    assert [len(some) for some in figures] == [4, 4]
    assert page.said("option") == ["ONE", "TWO"]


# -- Markdown ----------------------------------------------------------------------------------


def test_markdown_says_the_same_without_charts(result: Backtest) -> None:
    text = backtest_markdown(result, COMMAND)
    assert text.startswith("**No skill shown: ")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == [h for h in HEADINGS if h != "Forecasts and what came"]
    assert "<" not in text.replace("\\<", "")
    assert f"```sh\n{COMMAND}\n```" in text
    for rival in result.verdict.rivals:
        assert f"| {rival.name} | {rival.skill:+.2%} |" in text


def test_tables_of_markdown_are_whole(result: Backtest) -> None:
    blocks = backtest_markdown(renamed(result, EVIL[-1], EVIL[-1]), EVIL[-1]).split("\n\n")
    tables = [block.splitlines() for block in blocks if block.startswith("|")]
    assert len(tables) >= 8
    for table in tables:
        columns = {len(re.findall(r"(?<!\\)\|", line)) for line in table}
        assert len(columns) == 1, table


def test_both_need_a_result_that_json_can_hold(
    result: Backtest, value_result: Backtest, certificate: Certificate
) -> None:
    own, *rest = result.entries
    silent = replace(own.direction[0], accuracy=float("nan"))
    mute = replace(result, entries=(replace(own, direction=[silent]), *rest))
    for each in (result, value_result, mute, replace(result, certificate=certificate)):
        text = json.dumps(each.to_dict(), allow_nan=False)
        assert json.loads(text)["verdict"]["sentence"] == str(each.verdict)
    assert mute.to_dict()["entrants"][0]["direction"][0]["accuracy"] is None
