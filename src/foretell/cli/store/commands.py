"""What the commands under ``foretell store`` do."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence as Rows
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich import box
from rich.table import Table

from foretell.cli.console import PlainConsole, print_table
from foretell.cli.progress import count_bar
from foretell.errors import StoreError
from foretell.series import stamp
from foretell.store import Store, export_candles, import_candles
from foretell.writing import check_place

__all__ = ["compact", "export", "import_files", "list_gaps", "list_series", "verify"]

Key = tuple[str | None, str | None, str | None]


def list_series(place: str | None, *, as_json: bool) -> None:
    """Print a line a series."""
    store = Store(place)
    rows = store.series().to_dicts()
    if as_json:
        _print_json({"path": store.path, "series": rows})
    elif rows:
        _print_rows(f"{len(rows):,} series in {store.path}", rows)
    else:
        sys.stdout.write(f"nothing stored yet in {store.path}\n")


def list_gaps(place: str | None, key: Key, as_of: str | None, *, as_json: bool) -> None:
    """Print a line a gap."""
    store = Store(place)
    rows = store.gaps(*key, as_of=as_of).to_dicts()
    if as_json:
        _print_json({"path": store.path, "gaps": rows})
    elif rows:
        bars = sum(row["bars"] for row in rows)
        _print_rows(f"{len(rows):,} gaps, {bars:,} bars missing, in {store.path}", rows)
    else:
        sys.stdout.write(f"no gaps recorded in {store.path}\n")


def verify(place: str | None, *, as_json: bool) -> None:
    """Print what is wrong, and end with the code of `StoreError` if anything is."""
    store = Store(place)
    with count_bar() as report:
        found = store.verify(report)
    figures = {"files": found.files, "bytes": found.size, "unused": found.unused}
    if as_json:
        wrong = [each._asdict() for each in found.findings]
        _print_json({"path": store.path, "sound": found.sound, **figures, "findings": wrong})
    else:
        for each in found.findings:
            sys.stdout.write(f"{each}\n")
        verdict = "sound" if found.sound else f"NOT SOUND: {len(found.findings):,} findings"
        sys.stdout.write(
            f"{store.path}: {found.files:,} files, {_size(found.size)} read, {found.unused:,} of "
            f"them no longer used: {verdict}\n"
        )
    if not found.sound:
        raise typer.Exit(StoreError.exit_code)


def compact(place: str | None, *, as_json: bool) -> None:
    """Compact, and print what that changed."""
    store = Store(place)
    with count_bar() as report:
        done = store.compact(report)
    if as_json:
        _print_json({"path": store.path} | done._asdict())
    else:
        sys.stdout.write(
            f"{store.path}: {done.before:,} files in use before, {done.after:,} now; {done.rows:,} "
            f"rows moved, all of them there; {done.deleted:,} old files deleted\n"
        )


def export(
    place: str | None,
    key: tuple[str, str, str],
    out: Path,
    when: Rows[str | None],
    *,
    as_json: bool,
) -> None:
    """Write candles to a file."""
    check_place(out)
    store = Store(place)
    since, until, as_of = when
    frame = store.read(*key, since=since, until=until, as_of=as_of)
    export_candles(frame, out)
    if as_json:
        _print_json({"path": store.path, "file": str(out), "bars": len(frame)})
    else:
        sys.stdout.write(f"{len(frame):,} candles of {key[1]} written to {out}\n")


def import_files(
    place: str | None,
    files: list[Path],
    exchange: str,
    timeframe: str | None,
    symbol: str | None,
    *,
    as_json: bool,
) -> None:
    """Store the candles of files, and print what each brought."""
    store = Store(place)
    with count_bar() as report:
        found = import_candles(store, files, exchange, timeframe, symbol, report)
    if as_json:
        _print_json({"path": store.path, "files": [each._asdict() for each in found]})
        return
    for each in found:
        count = len(each.symbols)
        what = each.symbols[0] if count == 1 else f"{count:,} symbols"
        sys.stdout.write(
            f"{each.file}: {what}, {each.timeframe}: {each.new:,} candles new, {each.revised:,} "
            f"revised, {each.unchanged:,} known already\n"
        )


def _print_json(about: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(about, indent=2, default=_iso) + "\n")


def _iso(value: object) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


def _print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for name, value in rows[0].items():
        table.add_column(name, justify="right" if isinstance(value, int) else "left")
    for row in rows:
        table.add_row(*(_shown(name, value) for name, value in row.items()))
    print_table(PlainConsole(), title, table)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return stamp(int(value.timestamp()))
    if name == "size":
        return _size(value)
    return f"{value:,}" if isinstance(value, int) else str(value or "")


def _size(count: int) -> str:
    power = min((len(str(count)) - 1) // 3, 3)
    return f"{count / 1_000**power:,.{min(power, 1)}f} {('B', 'kB', 'MB', 'GB')[power]}"
