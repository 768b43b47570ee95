"""Where everyone stands: the figures seen first, and the tables of all entrants."""

from __future__ import annotations

from math import isfinite

import numpy as np

from foretell.proof import Backtest, Certificate, Entry, RivalResult
from foretell.report.content import Alarm, Part, Section, Table, Tiles

__all__ = ["best", "entrants", "lead", "p_text", "rank"]

LOSSES = {
    "pinball": "pinball",
    "crps": "CRPS",
    "mae": "MAE",
    "rmse": "RMSE",
    "mase": "MASE",
    "interval_0.8": "interval 80%",
    "qlike": "QLIKE",
}
COMPARED = (
    "Skill is the share of a rival's mean pinball loss that foretell saved. p is how often a "
    "forecaster no better than the rival would look at least this good; Holm's p allows for the "
    "number of comparisons, {count}."
)
SCORED = (
    "Losses are those of the {unit}, means over all horizons; the lowest stands out. Direction is "
    "the share of moves of the next bar whose side the median told, with its 95% interval."
)


def lead(result: Backtest) -> tuple[Part, ...]:
    """What is seen right under the verdict."""
    verdict, ahead_of = result.verdict, best(result)
    middle, *others = sorted(verdict.coverage, key=lambda band: abs(float(band) - 0.8))
    rest = ", ".join(f"{float(band):.0%}: {verdict.coverage[band]:.1%}" for band in others)
    made = "comparison made" if verdict.comparisons == 1 else "comparisons made"
    tiles = Tiles(
        (
            (f"{ahead_of.skill:+.1%}", f"skill against {ahead_of.name}, {rank(result)}"),
            (
                f"{verdict.coverage[middle]:.1%}",
                f"of outcomes inside the {float(middle):.0%} band ({rest})",
            ),
            (f"{verdict.comparisons}", f"{made}; Holm's p allows for their number"),
            (f"{verdict.origins:,}", f"origins, {verdict.first} to {verdict.last}"),
        )
    )
    aspects = () if result.aspects is None else (str(result.aspects),)
    return tiles, *aspects, _audit(result.certificate)


def _audit(certificate: Certificate | None) -> Part:
    if certificate is None:
        return 'Leak audit: none was run; "foretell audit" with the same data does one.'
    said = f"Leak audit: {certificate.sentence}"
    return said if certificate.clean else Alarm(f"{said} The figures below prove nothing.")


def entrants(result: Backtest) -> Section:
    """Lay out how the forecaster did against each rival, and the scores of all."""
    unit = "log return" if result.traces[0].sequence.priced else "value"
    return Section(
        "Everyone who took part",
        (
            COMPARED.format(count=result.verdict.comparisons),
            _comparisons(result),
            SCORED.format(unit=unit),
            _scores(result),
        ),
    )


def _comparisons(result: Backtest) -> Table:
    among = result.best
    names = [each.name for each in result.entries]
    rows = [
        ("-", "-", "-"),
        *(
            (f"{r.skill:+.2%}", p_text(r.p_value), p_text(r.adjusted))
            for r in result.verdict.rivals
        ),
    ]
    headings = ("entrant", "skill against it", "p", "Holm's p")
    if among is None:
        return Table(headings, tuple((name, *row) for name, row in zip(names, rows, strict=True)))
    said = [
        f"{'yes' if name in among.names else 'no'} (p {p_text(among.p_values[name])})"
        for name in names
    ]
    return Table(
        (*headings, f"among the best, {1.0 - among.size:.0%} sure"),
        tuple((n, *row, yes) for n, row, yes in zip(names, rows, said, strict=True)),
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


def best(result: Backtest) -> RivalResult:
    """The rival with the lowest loss, which is not always the one that decides the verdict."""
    return min(result.verdict.rivals, key=lambda rival: rival.skill)


def rank(result: Backtest) -> str:
    """What to call that rival."""
    return "the only rival" if result.verdict.comparisons == 1 else "the best rival"


def p_text(value: float) -> str:
    """A p-value in a cell of a table."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _number(value: float) -> str:
    return f"{value:#.4g}".rstrip(".") if isfinite(value) else "-"
