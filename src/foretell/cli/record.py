"""``foretell record`` and ``foretell record verify``."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.table import Table

from foretell.cli.console import PlainConsole, print_table
from foretell.cli.progress import count_bar
from foretell.errors import LedgerError, ModelFileError, UsageError
from foretell.forecast import Forecaster
from foretell.live import (
    LiveLedger,
    LiveRecord,
    Opening,
    Replayed,
    ledgers,
    live_record,
    model_places,
    replay,
)
from foretell.proof import BANDS, TrackRecord
from foretell.store import Store

__all__ = ["Request", "run"]

SHOWN = 5  # findings of a ledger that are listed


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    symbols: tuple[str, ...]
    exchange: str | None
    timeframe: str | None
    ledger: Path | None
    model: Path | None
    head: str | None
    store: str | None
    as_json: bool


def run(request: Request, *, verify: bool) -> None:
    """Show or verify each ledger that was asked for."""
    _check(request, verify=verify)
    store, chosen = Store(request.store), _chosen(request)
    if not verify:
        _show([live_record(ledger, store) for ledger in chosen], as_json=request.as_json)
        return
    if len(chosen) > 1 and (request.head or request.model):
        message = (
            f"--head and --model are of one record, and {len(chosen)} were asked for; name one "
            f"with SYMBOL or --ledger"
        )
        raise UsageError(message)
    found = [(ledger, _verified(request, ledger, store)) for ledger in chosen]
    _tell(found, as_json=request.as_json)
    if not all(each.sound for _, each in found):
        message = "the record is not what was forecast; see above"
        raise LedgerError(message)


def _check(request: Request, *, verify: bool) -> None:
    """Refuse what could have no effect."""
    if not verify and (request.head or request.model):
        message = "--head and --model are to verify with: `foretell record verify`"
        raise UsageError(message)
    if request.ledger and (request.symbols or request.exchange or request.timeframe):
        message = "--ledger names a record already; leave out SYMBOL, --exchange and --timeframe"
        raise UsageError(message)


def _chosen(request: Request) -> list[LiveLedger]:
    if request.ledger is not None:
        return [LiveLedger(request.ledger)]
    found = [ledger for ledger in map(LiveLedger, ledgers()) if _fits(request, ledger.opening())]
    if not found:
        asked = ", ".join(request.symbols) or "anything"
        message = f"no record of {asked}; begin one with `foretell watch SYMBOL`"
        raise UsageError(message)
    return found


def _fits(request: Request, opening: Opening | None) -> bool:
    return opening is not None and (
        (not request.symbols or opening.symbol in request.symbols)
        and request.exchange in (None, opening.exchange)
        and request.timeframe in (None, opening.timeframe)
    )


# -- showing ------------------------------------------------------------------------------------


def _show(records: list[LiveRecord], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([each.to_dict() for each in records], indent=2) + "\n")
        return
    console = PlainConsole()
    for each in records:
        opening = each.opening
        title = f"{opening.symbol}, {opening.exchange}, {opening.timeframe}"
        counts = f"{each.entries:,} forecasts, {each.decided:,} decided, {each.late:,} late"
        if each.live is None:
            console.print(f"{title}: {counts}")
        else:
            print_table(console, f"{title}: {counts}", _table(each.live, each.backtest))
        console.print(each.sentence)


def _table(live: TrackRecord, backtest: TrackRecord | None) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("")
    for heading in ("live", "backtest"):
        table.add_column(heading, justify="right")
    shown = [_column(live), _column(backtest) if backtest else {}]
    for name in shown[0]:
        table.add_row(name, *(column.get(name, "") for column in shown))
    return table


def _column(record: TrackRecord) -> dict[str, str]:
    skills = {
        f"skill against {each.rival}": f"{each.skill:+.2%} (p {each.p})"
        for each in record.comparisons
    }
    bands = {f"inside {band:.0%}": f"{record.coverage[f'{band}']:.1%}" for band in BANDS}
    return (
        {"origins": f"{record.origins:,}", "from": record.first, "to": record.last} | skills | bands
    )


# -- verifying ----------------------------------------------------------------------------------


def _verified(request: Request, ledger: LiveLedger, store: Store) -> Replayed:
    opening, chain = ledger.begun()
    if request.head is not None and request.head not in chain.hashes:
        message = (
            f"no line of {ledger.path} has the hash {request.head}: it was cut off, or what led up "
            f"to it was written anew"
        )
        raise LedgerError(message)
    model = _model(request, opening)
    with count_bar() as report:
        return replay(ledger, model, store, report)


def _model(request: Request, opening: Opening) -> Forecaster:
    """The model that was named, or the kept one with the ledger's fingerprint."""
    if request.model is not None:
        return Forecaster.load(request.model)
    for place in model_places():
        with suppress(ModelFileError):  # that of another series may be damaged
            model = Forecaster.load(place)
            if model.fingerprint() == opening.model:
                return model
    message = (
        f"the model {opening.model[:8]} that the record of {opening.symbol} is of is not kept, or "
        f"damaged; name its file with --model"
    )
    raise UsageError(message)


def _tell(found: list[tuple[LiveLedger, Replayed]], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"path": str(ledger.path), "entries": each.entries, "head": each.head,
             "sound": each.sound, "findings": each.findings}
            for ledger, each in found
        ]  # fmt: skip
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    for ledger, each in found:
        state = "all come out byte for byte" if each.sound else f"{len(each.findings):,} do not"
        sys.stdout.write(f"{ledger.path}: {each.entries:,} forecasts made again, {state}\n")
        sys.stdout.writelines(f"  {finding}\n" for finding in each.findings[:SHOWN])
        sys.stdout.write(f"  hash of the last line: {each.head}\n")
