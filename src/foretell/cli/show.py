"""Tables on stdout."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from foretell.cli.console import PlainConsole, print_table
from foretell.forecast import Forecast
from foretell.proof import BANDS, NO_RECORD, Backtest, Certificate, TrackRecord
from foretell.proof.wording import p_figure
from foretell.series import stamp

__all__ = [
    "show_audit",
    "show_backtest",
    "show_forecast",
    "show_record",
    "show_samples",
    "show_trials",
]

NO_AUDIT = "No leak audit was run; `foretell audit` does one."


def show_forecast(forecast: Forecast, record: TrackRecord | None, about: dict[str, Any]) -> None:
    """Print the forecast of each series, the record, and the verdict."""
    console = PlainConsole()
    bands = forecast.interval(0.8).join(
        forecast.interval(0.5), on=["series", "horizon"], suffix="_50"
    )
    frame = forecast.to_frame().join(bands, on=["series", "horizon"])
    for each in forecast.outlooks:
        table = Table(box=box.SIMPLE_HEAD)
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
        title = f"{each.series}: the {forecast.horizon} bars after {stamp(each.origin)} UTC"
        print_table(console, title, table)
    _print_record(console, record, about)


def show_record(record: TrackRecord, about: dict[str, Any]) -> None:
    """Print the record and the verdict."""
    _print_record(PlainConsole(), record, about)


def show_samples(rows: list[dict[str, Any]]) -> None:
    """Print the bundled sequences."""
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("name", "bars", "step", "first", "last", "what", "origin (licence)"):
        table.add_column(heading, justify="right" if heading == "bars" else "left")
    for row in rows:
        origin = f"{row['origin']} ({row['licence']})"
        table.add_row(
            row["name"], f"{row['rows']:,}", row["timeframe"], row["first"], row["last"],
            row["title"], origin,
        )  # fmt: skip
    print_table(PlainConsole(), "Bundled sequences: foretell forecast NAME", table)


def show_backtest(result: Backtest) -> None:
    """Print how every entrant did, what trading made, and the verdict."""
    console = PlainConsole()
    table = Table(box=box.SIMPLE_HEAD)
    for heading in (
        "entrant",
        "loss",
        "CRPS",
        "skill",
        "Holm p",
        "50%",
        "80%",
        "90%",
        "may be best",
    ):
        table.add_column(heading, justify="left" if heading == "entrant" else "right")
    results = {each.name: each for each in result.verdict.rivals}
    for entry in result.entries:
        board, against = entry.board.overall, results.get(entry.name)
        table.add_row(
            entry.name, f"{board['pinball']:.5g}", f"{board['crps']:.5g}",
            f"{against.skill:+.2%}" if against else "",
            p_figure(against.adjusted) if against else "",
            *(f"{board[f'coverage_{band}']:.1%}" for band in BANDS),
            "yes" if result.best and entry.name in result.best.names else "",
        )  # fmt: skip
    verdict = result.verdict
    title = f"Backtest: {verdict.origins:,} origins, {verdict.first} to {verdict.last}"
    print_table(console, title, table)
    for note in result.notes:
        console.print(f"note: {note}")
    if result.money is not None:
        console.print(result.money.sentence)
    audited = result.certificate.sentence if result.certificate else NO_AUDIT
    console.print(audited)
    if result.aspects is not None:
        console.print(str(result.aspects))
    head, colon, rest = str(verdict).partition(":")
    console.print(Text(head, style="bold green" if verdict.skill else "bold yellow") + colon + rest)


def show_audit(certificate: Certificate) -> None:
    """Print what was tried, what was found, and the sentence."""
    console = PlainConsole()
    tried = ", ".join(f"{name} {count}" for name, count in certificate.tried.items())
    console.print(f"Re-runs of {certificate.subject}: {tried}.")
    hashes = f"frame {certificate.frame_sha256[:16]}, forecasts {certificate.forecasts_sha256[:16]}"
    console.print(f"SHA-256: {hashes}. Seed {certificate.seed}.")
    for each in certificate.findings[1:]:
        console.print(f"- {each.sentence}")
    head, colon, rest = certificate.sentence.partition(":")
    style = "bold green" if certificate.clean else "bold red"
    console.print(Text(head, style=style) + colon + rest)


def show_trials(rows: list[dict[str, Any]], title: str) -> None:
    """Print the ledger."""
    table = Table(box=box.SIMPLE_HEAD)
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
    print_table(PlainConsole(), title, table)


def _few(names: list[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{names[0]} and {len(names) - 1} more"


def _print_record(console: Console, record: TrackRecord | None, about: dict[str, Any]) -> None:
    if record is None:
        console.print(f"No track record: {NO_RECORD}")
        return
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("against", "skill", "p", "at +1", f"at +{record.horizon}"):
        table.add_column(heading, justify="left" if heading == "against" else "right")
    for each in record.comparisons:
        first, last = each.skill_by_horizon[0], each.skill_by_horizon[-1]
        table.add_row(each.rival, f"{each.skill:+.2%}", each.p, f"{first:+.2%}", f"{last:+.2%}")
    title = f"Track record: {record.origins:,} origins, {record.first} to {record.last}"
    print_table(console, title, table)
    console.print(f"Anchor: {about['anchor']}.")
    head, colon, rest = record.sentence.partition(":")
    verdict = Text(head, style="bold green" if record.skilful else "bold yellow")
    console.print(verdict + Text(colon + rest))
