"""Tables on stdout."""

from __future__ import annotations

import sys
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from foretell.backtest import NO_RECORD, TrackRecord
from foretell.forecast import Forecast
from foretell.series import stamp

__all__ = ["show_forecast", "show_record", "show_samples", "show_trials"]

PIPE_WIDTH = 110


def show_forecast(forecast: Forecast, record: TrackRecord | None, about: dict[str, Any]) -> None:
    """Print the forecast of each series, the record, and the verdict."""
    console = _console()
    bands = forecast.interval(0.8).join(
        forecast.interval(0.5), on=["series", "horizon"], suffix="_50"
    )
    frame = forecast.to_frame().join(bands, on=["series", "horizon"])
    for each in forecast.outlooks:
        table = _table(f"{each.series}: the {forecast.horizon} bars after {stamp(each.origin)} UTC")
        for heading in (
            "bar",
            "time",
            "80% from",
            "50% from",
            "median",
            "50% to",
            "80% to",
            "mean",
        ):
            table.add_column(heading, justify="right")
        for row in frame.filter(series=each.series).to_dicts():
            values = ("lower", "lower_50", "q0.5", "upper_50", "upper", "mean")
            time = stamp(int(row["time"].timestamp()))
            table.add_row(f"+{row['horizon']}", time, *(f"{row[name]:,.6g}" for name in values))
        console.print(table)
    _print_record(console, record, about)


def show_record(record: TrackRecord, about: dict[str, Any]) -> None:
    """Print the record and the verdict."""
    _print_record(_console(), record, about)


def show_samples(rows: list[dict[str, Any]]) -> None:
    """Print the bundled sequences."""
    console = _console()
    table = _table("Bundled sequences: foretell forecast NAME")
    for heading in ("name", "bars", "step", "first", "last", "what", "origin (licence)"):
        table.add_column(heading, justify="right" if heading == "bars" else "left")
    for row in rows:
        origin = f"{row['origin']} ({row['licence']})"
        table.add_row(
            row["name"], f"{row['rows']:,}", row["timeframe"], row["first"], row["last"],
            row["title"], origin,
        )  # fmt: skip
    console.print(table)


def show_trials(rows: list[dict[str, Any]], title: str) -> None:
    """Print the ledger."""
    table = _table(title)
    for heading in ("time", "kind", "series", "from", "to", "config"):
        table.add_column(heading, no_wrap=heading != "series")
    for heading in ("horizon", "Sharpe", "trials"):
        table.add_column(heading, justify="right")
    for row in rows:
        sharpe = row["annual_sharpe"]
        table.add_row(
            row["time"][:16].replace("T", " "), row["kind"], _few(row["series"]), row["start"][:10],
            row["end"][:10], row["config"][:8], str(row["horizon"]),
            "" if sharpe is None else f"{sharpe:.2f}", str(row["trials"]),
        )  # fmt: skip
    _console().print(table)


def _few(names: list[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{names[0]} and {len(names) - 1} more"


def _print_record(console: Console, record: TrackRecord | None, about: dict[str, Any]) -> None:
    if record is None:
        console.print(f"No track record: {NO_RECORD}", highlight=False)
        return
    table = _table(f"Track record: {record.origins:,} origins, {record.first} to {record.last}")
    for heading in ("against", "skill", "p", "at +1", f"at +{record.horizon}"):
        table.add_column(heading, justify="left" if heading == "against" else "right")
    for each in record.comparisons:
        first, last = each.skill_by_horizon[0], each.skill_by_horizon[-1]
        table.add_row(
            each.rival, f"{each.skill:+.2%}", f"{each.p_value:.3f}", f"{first:+.2%}", f"{last:+.2%}"
        )
    console.print(table)
    shares = ", ".join(f"{float(k):.0%} band held {v:.1%}" for k, v in record.coverage.items())
    console.print(f"Coverage: {shares}. Anchor: {about['anchor']}.", highlight=False)
    head, colon, rest = record.sentence.partition(":")
    verdict = Text(head, style="bold green" if record.skilful else "bold yellow")
    console.print(verdict + Text(colon + rest))


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
