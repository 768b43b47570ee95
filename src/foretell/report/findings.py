"""What a backtest found, in the order in which a person wants to know it.

Axes: T instants, H horizons.
"""

from __future__ import annotations

from functools import partial
from math import isfinite

import numpy as np

from foretell.backtest import Backtest, Entry, RivalResult, skill_band
from foretell.report import backtest_figures as draw
from foretell.report.content import Bullets, Chart, Content, Gallery, Part, Section, Table, Tiles
from foretell.report.fans import MOST_SERIES, fans
from foretell.report.making import making
from foretell.report.money import money

__all__ = ["findings"]

LOSSES = {
    "pinball": "pinball",
    "crps": "CRPS",
    "mae": "MAE",
    "rmse": "RMSE",
    "mase": "MASE",
    "interval_0.8": "interval 80%",
    "qlike": "QLIKE",
}
NOT_SAID = (
    "What was measured is the past. Markets change, and a skill that was there may be gone.",
    "Every p-value is for the comparisons of this backtest. Whoever tries many settings and shows "
    'the best finds skill by luck; "foretell ledger" counts what was tried.',
    "The trading simulation fills every order at one price. It knows nothing of funding rates, "
    "taxes, thin order books, or an exchange that is down.",
    "A forecast is a distribution, not advice.",
)


def findings(result: Backtest, command: str | None) -> Content:
    """Lay a backtest out as a report."""
    verdict = result.verdict
    sections = [
        _entrants(result),
        _skill(result),
        _running_gain(result),
        _fans(result),
        _pit(result),
        _coverage(result),
        money(result.money),
        Section("Notes", (Bullets(result.notes),)) if result.notes else None,
        making(result, command),
        Section("What this does not say", (Bullets(NOT_SAID),)),
    ]
    return Content(
        title=f"Backtest of {_few([trace.sequence.name for trace in result.traces])}",
        verdict=str(verdict),
        good=verdict.skill,
        lead=_lead(result),
        sections=tuple(section for section in sections if section is not None),
    )


def _lead(result: Backtest) -> tuple[Part, ...]:
    verdict, best = result.verdict, _best(result)
    held = " / ".join(f"{100 * share:.1f}" for share in verdict.coverage.values())
    bands = " / ".join(f"{100 * float(band):.0f}" for band in verdict.coverage)
    tiles = Tiles(
        (
            (f"{best.skill:+.1%}", f"skill against {best.name}, {_rank(result)}"),
            (held, f"% of outcomes inside the {bands}% bands"),
            (f"{verdict.comparisons}", "comparisons made, which the p-values allow for"),
            (f"{verdict.origins:,}", f"origins, {verdict.first} to {verdict.last}"),
        )
    )
    if result.certificate is None:
        return tiles, 'Leak audit: none was run; "foretell audit" with the same data does one.'
    return tiles, f"Leak audit: {result.certificate.sentence}"


def _entrants(result: Backtest) -> Section:
    unit = "log return" if result.traces[0].sequence.priced else "value"
    return Section(
        "Everyone who took part",
        (
            "Skill is the share of a rival's mean pinball loss that foretell saved. p is how often "
            "a forecaster no better than the rival would look at least this good; Holm's p allows "
            f"for all {result.verdict.comparisons} comparisons.",
            _comparisons(result),
            f"Losses are those of the {unit}, means over all horizons; the lowest stands out. "
            "Direction is the share of moves of the next bar whose side the median told, with its "
            "95% interval.",
            _scores(result),
        ),
    )


def _comparisons(result: Backtest) -> Table:
    best = result.best
    names = [each.name for each in result.entries]
    rows = [
        ("-", "-", "-"),
        *((f"{r.skill:+.2%}", _p(r.p_value), _p(r.adjusted)) for r in result.verdict.rivals),
    ]
    headings = ("entrant", "skill against it", "p", "Holm's p")
    if best is None:
        return Table(headings, tuple((name, *row) for name, row in zip(names, rows, strict=True)))
    among = [
        f"{'yes' if name in best.names else 'no'} (p {_p(best.p_values[name])})" for name in names
    ]
    return Table(
        (*headings, f"among the best, {1.0 - best.size:.0%} sure"),
        tuple((n, *row, yes) for n, row, yes in zip(names, rows, among, strict=True)),
    )


def _scores(result: Backtest) -> Table:
    boards = [each.board.overall for each in result.entries]
    losses = {name: title for name, title in LOSSES.items() if name in boards[0]}
    lowest = frozenset(
        (int(np.nanargmin([board[name] for board in boards])), column)
        for column, name in enumerate(losses, start=1)
        if any(isfinite(board[name]) for board in boards)
    )
    bands = list(result.verdict.coverage)
    return Table(
        ("entrant", *losses.values(), *(f"in {float(band):.0%}" for band in bands), "direction"),
        tuple(
            (
                each.name,
                *(_number(each.board.overall[name]) for name in losses),
                *(f"{each.board.overall[f'coverage_{band}']:.1%}" for band in bands),
                _direction(each),
            )
            for each in result.entries
        ),
        lowest,
    )


def _direction(entry: Entry) -> str:
    first = entry.direction[0]
    if not isfinite(first.accuracy):
        return "none told"
    return f"{first.accuracy:.1%} ({100 * first.lower:.0f} to {100 * first.upper:.0f}%)"


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
    rival = _entry(result, _best(result).name)
    saved_T = rival.loss_T - result.own.loss_T
    gain_T = saved_T.cumsum() / rival.loss_T.sum()
    caption = (
        f"The line adds up what foretell saved against {rival.name}, {_rank(result)}, as a share "
        "of that rival's loss over the whole time: where it rises foretell was ahead, where it "
        "falls behind, and one steep rise alone would be luck in a single episode."
    )
    chart = Chart(caption, partial(draw.running_gain, rival.time_T, gain_T, rival.name))
    return Section("When the skill came", (chart,))


def _fans(result: Backtest) -> Section:
    count = len(result.traces)
    some = f" The first {MOST_SERIES} of {count} series are here." if count > MOST_SERIES else ""
    caption = (
        "Bars up to an origin, then the median and the bands of 50, 80 and 90% as forecast there, "
        "with what came in orange: four lines in five should stay inside the middle band."
    )
    rule = (
        "Origins are chosen by rule, not by beauty: the middle one of each quarter of the time."
        + some
    )
    gallery = Gallery(caption, partial(fans, result.traces, result.levels_K))
    return Section("Forecasts and what came", (rule, gallery))


def _pit(result: Backtest) -> Section:
    own, ends = result.own, _ends(result.horizon)
    names = [f"+{h + 1}, p {_p(own.uniformity[h].p_value)}" for h in ends]
    tenths = own.pit_HB.shape[1]
    figures = Table(
        ("bars ahead", *(f"{100 * n // tenths}%" for n in range(1, tenths + 1)), "p"),
        tuple(
            (
                f"+{h + 1}",
                *(f"{share:.1%}" for share in own.pit_HB[h]),
                _p(own.uniformity[h].p_value),
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


def _best(result: Backtest) -> RivalResult:
    """The rival with the lowest loss, which is not always the one that decides the verdict."""
    return min(result.verdict.rivals, key=lambda rival: rival.skill)


def _rank(result: Backtest) -> str:
    return "the only rival" if result.verdict.comparisons == 1 else "the best rival"


def _entry(result: Backtest, name: str) -> Entry:
    return next(each for each in result.rivals if each.name == name)


def _ends(horizon: int) -> list[int]:
    """First, middle and last horizon, once each."""
    return sorted({0, horizon // 2, horizon - 1})


def _few(names: list[str]) -> str:
    return (
        ", ".join(names) if len(names) < 4 else f"{names[0]}, {names[1]} and {len(names) - 2} more"
    )


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _number(value: float) -> str:
    return f"{value:.4g}" if isfinite(value) else "-"
