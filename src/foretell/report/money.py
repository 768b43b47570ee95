"""What a report says about trading on the forecasts."""

from __future__ import annotations

from functools import partial

from foretell.proof import Curve, Money
from foretell.report import backtest_figures as draw
from foretell.report.content import Chart, Section, Table

__all__ = ["money"]

FILLED = (
    "Orders are filled at the {fills}; each costs {fee:g} basis points in fees and {slippage:g} in "
    "slippage."
)
LUCK = (
    "The Sharpe ratio that is judged belongs to the first rule. As the best of {trials} trials "
    "without skill, luck alone would show {best:.2f} a year."
)


def money(found: Money | None) -> Section | None:
    """Lay it out; None where nothing was traded."""
    if found is None:
        return None
    first = found.tradings[0]
    costs, luck = first.costs, found.deflated
    caption = (
        "Above, what one unit of money became by the rule and by buying and holding, after costs; "
        "below, how far each stood under its own earlier peak."
    )
    return Section(
        "Does it make money?",
        (
            found.sentence,
            Chart(caption, partial(draw.equity, first)),
            _rules(found),
            FILLED.format(fills=first.fills, fee=costs.fee, slippage=costs.slippage),
            LUCK.format(best=_luck(first.strategy, luck.benchmark), trials=luck.trials),
        ),
    )


def _luck(strategy: Curve, benchmark: float) -> float:
    """Annual Sharpe ratio from that of one bar."""
    return float(benchmark * strategy.bars_per_year**0.5)


def _rules(found: Money) -> Table:
    headings = ("rule", "return", "annual Sharpe", "deepest fall", "turnover a year", "held",
                "orders")  # fmt: skip
    rules = tuple(
        (
            each.rule,
            *_curve(each.strategy),
            f"{each.turnover:.1f}",
            f"{each.exposure:.0%}",
            f"{each.orders:,}",
        )
        for each in found.tradings
    )
    hold = ("buy and hold", *_curve(found.tradings[0].hold), "-", "-", "-")
    return Table(headings, (*rules, hold))


def _curve(curve: Curve) -> tuple[str, str, str]:
    return (f"{curve.total_return:+.1%}", f"{curve.sharpe:.2f}", f"{curve.max_drawdown:.1%}")
