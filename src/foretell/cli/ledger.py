"""``foretell ledger``."""

from __future__ import annotations

import json
import sys
from typing import Any

from foretell.cli.show import show_trials
from foretell.proof import Ledger, Trial, Trials

__all__ = ["run"]


def run(*, as_json: bool) -> None:
    """List the trials, each with the number of those on data in common with it."""
    ledger = Ledger()
    entries, damaged = ledger.read()
    distinct = len(Trials.distinct(entries))
    if damaged:
        numbers = ", ".join(map(str, damaged))
        sys.stderr.write(
            f"warning: {ledger.path}, line {numbers}: not readable, perhaps cut off by a crash; "
            f"the other {len(entries):,} entries are listed, but those are trials not counted\n"
        )
    rows = _rows(entries)
    if as_json:
        about = {"path": str(ledger.path), "distinct": distinct, "damaged_lines": damaged}
        sys.stdout.write(json.dumps(about | {"entries": rows}, indent=2) + "\n")
    elif rows:
        show_trials(rows, f"{distinct:,} distinct trial{'s' * (distinct > 1)} in {ledger.path}")
    else:
        sys.stdout.write(f"no trials yet in {ledger.path}\n")


def _rows(entries: list[Trial]) -> list[dict[str, Any]]:
    beside: dict[Any, int] = {}
    rows = []
    for each in entries:
        scored_on = (each.series, each.start, each.end)
        if scored_on not in beside:
            sharing = [other for other in entries if each.shares_data_with(other)]
            beside[scored_on] = len(Trials.distinct(sharing))
        row = each.to_dict() | {"annual_sharpe": each.sharpe, "trials": beside[scored_on]}
        rows.append(row)
    return rows
