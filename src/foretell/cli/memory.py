"""``foretell memory``."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foretell import samples
from foretell.cli.market_options import Market
from foretell.cli.models import saved_or_new
from foretell.cli.pages import command, page_name, write_page
from foretell.cli.progress import count_bar, writing_bar
from foretell.cli.sources import load
from foretell.cli.training import fit
from foretell.forecast import Forecaster
from foretell.memory import Findings, Letters, follow, parted, read_gates
from foretell.memory.letters import FULL as FULL_LESSON
from foretell.memory.letters import QUICK as QUICK_LESSON
from foretell.memory.plan import FULL as FULL_PLAN
from foretell.memory.plan import QUICK as QUICK_PLAN
from foretell.series import sequences
from foretell.text.reading import read_text
from foretell.writing import check_place

if TYPE_CHECKING:
    from foretell.memory.contest import Contest

__all__ = ["Request", "run"]


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    source: str
    market: Market
    model: Path | None
    text: Path | None
    html: Path | None
    quick: bool
    as_json: bool
    parameters: dict[str, Any]

    @property
    def seed(self) -> int:
        """Of everything that is drawn."""
        return int(self.parameters.get("seed", 0))


def run(request: Request) -> None:
    """Measure, and write the page or print the figures; what may fail at once comes first."""
    model = _model(request)
    frame = load(request.source, model.target, model.extra, request.market)
    row = sequences(frame, model.target, model.extra)[0]
    text = samples.text() if request.text is None else read_text(request.text)
    parted(text)
    page = _page_place(request, row.name)
    if page is not None:
        check_place(page)
    if not model.fitted:
        fit(model, frame, None, None, f"training on {request.source}")
    gates = read_gates(model, row)
    followed = _letters(request, text)
    contest = _contest(request)
    findings = Findings(contest, row, model.about, model.cell, gates, followed, request.seed)
    if page is not None:
        _write_page(page, findings)
    told = json.dumps(findings.figures(), indent=2) if request.as_json else findings.sentence
    sys.stdout.write(told + "\n")


def _model(request: Request) -> Forecaster:
    """Make or load the model; the seed is also that of what is drawn beside a saved one."""
    parameters = dict(request.parameters)
    if request.model is not None:
        parameters.pop("seed", None)
    return saved_or_new(request.model, parameters)


def _letters(request: Request, text: str) -> Letters:
    lesson = QUICK_LESSON if request.quick else FULL_LESSON
    with writing_bar("training on the text") as report:
        return follow(text, lesson, request.seed, report)


def _contest(request: Request) -> Contest:
    from foretell.memory.contest import contest

    with count_bar() as report:
        return contest(QUICK_PLAN if request.quick else FULL_PLAN, request.seed, report)


def _page_place(request: Request, series: str) -> Path | None:
    if request.as_json and request.html is None:
        return None
    return request.html or page_name(series, "memory")


def _write_page(path: Path, findings: Findings) -> None:
    from foretell.report.memory_page import memory_page

    write_page(path, memory_page(findings, command()))
