"""What a backtest found, in the order in which a person wants to know it.

Axes: T instants, H horizons.
"""

from __future__ import annotations

from functools import partial
from math import isfinite

import numpy as np

from foretell.proof import Backtest, Entry, skill_band
from foretell.report import backtest_figures as draw
from foretell.report.content import Bullets, Chart, Content, Gallery, Section, Table
from foretell.report.fans import MOST_SERIES, fans
from foretell.report.making import making
from foretell.report.money import money
from foretell.report.standings import best, entrants, lead, p_text, rank
from foretell.series import stamp

__all__ = ["findings"]

MOST_NOTES = 10
INSTANTS = 8  # of the running gain that are told in figures
NOT_SAID = (
    "What was measured is the past. Markets change, and a skill that was there may be gone.",
    (
        "Every p-value is for the comparisons of this backtest. Whoever tries many settings and "
        'shows the best finds skill by luck; "foretell ledger" counts what was tried.'
    ),
    "A forecast is a distribution, not advice.",
)
NOT_TRADED = (
    "The trading simulation fills every order at one price. It knows nothing of funding rates, "
    "taxes, thin order books, or an exchange that is down."
)


def findings(result: Backtest, command: str | None) -> Content:
    """Lay a backtest out as a report."""
    verdict, certificate = result.verdict, result.certificate
    not_said = NOT_SAID if result.money is None else (*NOT_SAID, NOT_TRADED)
    sections = [
        entrants(result),
        _skill(result),
        _running_gain(result),
        _fans(result),
        _pit(result),
        _coverage(result),
        money(result.money),
        _notes(result.notes),
        making(result, command),
        Section("What this does not say", (Bullets(not_said),)),
    ]
    return Content(
        title=f"Backtest of {_few([trace.sequence.name for trace in result.traces])}",
        verdict=str(verdict),
        good=verdict.skill and (certificate is None or certificate.clean),
        lead=lead(result),
        sections=tuple(section for section in sections if section is not None),
    )


def _skill(result: Backtest) -> Section:
    rival = _entry(result, result.verdict.against)
    band = skill_band(result.own.loss_TH, rival.loss_TH)
    rows = zip(band.skill_H, band.lower_H, band.upper_H, strict=True)
    figures = Table(
        ("bars ahead", "skill", "95% from", "to"),
        tuple(
            (f"+{step}", *(f"{100 * value:+.2f}%" if isfinite(value) else "-" for value in row))
            for step, row in enumerate(rows, start=1)
        ),
    )
    caption = (
        f"The line is the share of the loss of {rival.name}, the rival that decides the verdict, "
        "that foretell saved at each number of bars ahead; where the shade around it, the 95% "
        "confidence band of each horizon by itself, lies wholly above zero, that is more than "
        "chance."
    )
    return Section(
        "Skill by horizon", (Chart(caption, partial(draw.skill, band, rival.name), figures),)
    )


def _running_gain(result: Backtest) -> Section:
    rival = _entry(result, best(result).name)
    saved_T = rival.loss_T - result.own.loss_T
    gain_T = saved_T.cumsum() / rival.loss_T.sum()
    caption = (
        f"The line adds up what foretell saved against {rival.name}, {rank(result)}, as a share "
        "of that rival's loss over the whole time: where it rises foretell was ahead, where it "
        "falls behind, and one steep rise alone would be luck in a single episode."
    )
    some = np.linspace(0, len(gain_T) - 1, INSTANTS + 1).astype(int)[1:]
    figures = Table(
        ("until", "saved so far"),
        tuple((stamp(int(rival.time_T[n])), f"{gain_T[n]:+.2%}") for n in some),
    )
    chart = Chart(caption, partial(draw.running_gain, rival.time_T, gain_T, rival.name), figures)
    return Section("Ahead and behind, over time", (chart,))


def _fans(result: Backtest) -> Section:
    count = len(result.traces)
    some = f" The first {MOST_SERIES} of {count} series are here." if count > MOST_SERIES else ""
    caption = (
        "Bars up to an origin, then the median and the bands of 50, 80 and 90% as forecast there, "
        "with what came in orange: at any one bar it should be inside the middle band four times "
        "in five."
    )
    rule = (
        "Origins are chosen by rule, not by beauty: the middle one of each quarter of the time."
        + some
    )
    gallery = Gallery(caption, partial(fans, result.traces, result.levels_K))
    return Section("Forecasts and what came", (rule, gallery))


def _pit(result: Backtest) -> Section:
    own, ends = result.own, _ends(result.horizon)
    names = [f"+{h + 1}, p {p_text(own.uniformity[h].p_value)}" for h in ends]
    tenths = own.pit_HB.shape[1]
    figures = Table(
        ("bars ahead", *(f"{100 * n // tenths}%" for n in range(1, tenths + 1)), "p"),
        tuple(
            (
                f"+{h + 1}",
                *(f"{share:.1%}" for share in own.pit_HB[h]),
                p_text(own.uniformity[h].p_value),
            )
            for h in ends
        ),
    )
    caption = (
        "Each bar is the share of outcomes that fell into a tenth of the forecast distribution: "
        "all at the dotted line if the forecasts mean what they say, higher in the middle if they "
        "are too wide, higher at the ends if too narrow; a p below 0.05 says that the difference "
        "is more than chance."
    )
    return Section(
        "Do the probabilities mean what they say?",
        (Chart(caption, partial(draw.pit, own.pit_HB[ends], names), figures),),
    )


def _coverage(result: Backtest) -> Section:
    own, tolerance = result.own, result.verdict.tolerance
    held = {band: own.board.by_horizon[f"coverage_{band}"] for band in result.verdict.coverage}
    raw = own.raw_coverage
    lines = {f"{float(band):.0%}": held[band] for band in held}
    if raw is not None:
        lines |= {f"{float(band):.0%} before": raw[band] for band in held}
    figures = Table(
        ("bars ahead", *lines),
        tuple(
            (f"+{step}", *(f"{share:.1%}" for share in shares))
            for step, shares in enumerate(zip(*lines.values(), strict=True), start=1)
        ),
    )
    before = "; dashes show the bands before calibration" if raw is not None else ""
    caption = (
        "Each line is the share of outcomes inside a band, and should stay within the grey strip, "
        f"{100 * tolerance:g} points either side of what the band promises{before}."
    )
    chart = Chart(caption, partial(draw.coverage, held, raw, tolerance), figures)
    return Section("Do the bands hold?", (chart,))


def _notes(notes: tuple[str, ...]) -> Section | None:
    if not notes:
        return None
    more = len(notes) - MOST_NOTES
    rest = (f"{more:,} more are in the result's notes.",) if more > 0 else ()
    return Section("Notes", (Bullets(notes[:MOST_NOTES]), *rest))


def _entry(result: Backtest, name: str) -> Entry:
    return next(each for each in result.rivals if each.name == name)


def _ends(horizon: int) -> list[int]:
    """First, middle and last horizon, once each."""
    return sorted({0, horizon // 2, horizon - 1})


def _few(names: list[str]) -> str:
    if len(names) < 4:
        return ", ".join(names)
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"
