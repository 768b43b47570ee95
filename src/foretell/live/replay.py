"""A ledger's forecasts made again: from the model, and from what the store had seen by then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from foretell.errors import LedgerError
from foretell.forecast import Forecaster
from foretell.live.entries import Entry, Opening
from foretell.live.ledger import LiveLedger
from foretell.live.watching import history
from foretell.series import sequences, stamp
from foretell.store import Store

__all__ = ["Replayed", "replay"]

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Replayed:
    """What came of it.

    Attributes
    ----------
    entries : int
        That were made again.
    head : str
        Hash of the ledger's last line.
    findings : list of str
        What differs, a sentence an entry; empty where nothing does.
    """

    entries: int
    head: str
    findings: list[str]

    @property
    def sound(self) -> bool:
        """Whether every forecast came out byte for byte."""
        return not self.findings


def replay(
    ledger: LiveLedger, model: Forecaster, store: Store, report: Report | None = None
) -> Replayed:
    """Make every forecast of a ledger again, and compare it byte for byte.

    Parameters
    ----------
    ledger : LiveLedger
        Its chain is checked first.
    model : Forecaster
        The one that made them.
    store : Store
    report : callable, optional
        Called with ``("replaying", done, planned)``.

    Raises
    ------
    LedgerError
        There is no ledger, its chain is broken, or it is of another model.
    """
    opening, chain = ledger.begun()
    if opening.model != model.fingerprint():
        message = (
            f"{ledger.path} is of model {opening.model[:8]}, and this one is "
            f"{model.fingerprint()[:8]}; name its file with --model"
        )
        raise LedgerError(message)
    findings, done = [], 0
    for run in runs(chain.entries, _changes(store, opening)):
        findings += list(_differing(run, model, store, opening))
        done += len(run)
        if report is not None:
            report("replaying", done, len(chain.entries))
    return Replayed(len(chain.entries), chain.head, findings)


def _changes(store: Store, opening: Opening) -> list[tuple[int, int]]:
    """Microseconds when each row of the store was seen, and its bar, in that order."""
    rows = store.arrivals(*opening.key)()
    return rows.select(pl.col("seen").dt.epoch("us"), pl.col("time").dt.epoch("s")).rows()


def runs(entries: list[Entry], changes: list[tuple[int, int]]) -> Iterator[list[Entry]]:
    """Divide entries so that within each part nothing but new bars came in between."""
    run: list[Entry] = []
    at = 0
    for entry in entries:
        older = False
        while at < len(changes) and changes[at][0] <= entry.seen:
            older |= bool(run) and changes[at][1] <= run[-1].time
            at += 1
        if older:
            yield run
            run = []
        run.append(entry)
    if run:
        yield run


def _differing(
    run: list[Entry], model: Forecaster, store: Store, opening: Opening
) -> Iterator[str]:
    (row,) = sequences(history(store, opening.key, run[-1].time, run[-1].seen))
    (trace,) = model.trace([row], run[0].time)
    for entry in run:
        at = int(np.searchsorted(row.time_T, entry.time))
        if at == len(row) or row.time_T[at] != entry.time:
            yield f"{stamp(entry.time)}: the store has lost this candle"
        elif row.value_TC[at].tolist() != entry.values:
            yield f"{stamp(entry.time)}: the store has another candle than the ledger"
        elif np.exp(trace.q_THK[at - trace.first]).tolist() != entry.quantiles:
            yield f"{stamp(entry.time)}: the forecast comes out otherwise"
