"""`ft.live_record`: how the forecasts in a ledger did, beside what the backtest had said.

Axes: T bars, H horizons, K quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from foretell.forecast import Trace, rivals
from foretell.live.consistency import Consistency, consistency
from foretell.live.entries import Entry, Opening
from foretell.live.ledger import LiveLedger
from foretell.live.watching import history
from foretell.proof import TrackRecord, recorded
from foretell.proof.record import FEWEST_BEFORE
from foretell.proof.significance import FEWEST_ORIGINS
from foretell.series import Sequence, sequences
from foretell.store import Store

__all__ = ["LiveRecord", "live_record"]


@dataclass(frozen=True)
class LiveRecord:
    """What became of a ledger's forecasts.

    Attributes
    ----------
    opening : Opening
    entries : int
        Bars that were forecast from.
    late : int
        Of them, those whose first bar had closed when they were entered, as after an outage.
        They count for nothing.
    decided : int
        Of them, those that were in time, all of whose bars have come, and before which there are
        bars enough for rivals to learn from.
    live : TrackRecord or None
        None where too few are decided.
    backtest : TrackRecord or None
        None where the model has no record.
    consistency : Consistency or None
        None where there is nothing to compare.
    head : str
        Hash of the ledger's last line.
    """

    opening: Opening
    entries: int
    late: int
    decided: int
    live: TrackRecord | None
    backtest: TrackRecord | None
    consistency: Consistency | None
    head: str

    @property
    def sentence(self) -> str:
        """The verdict for a person."""
        if self.live is None:
            return (
                f"Too few live forecasts to tell: {self.decided:,} are decided, and "
                f"{FEWEST_ORIGINS} have to be."
            )
        if self.consistency is None:
            return "The model was saved without a record: nothing to compare live forecasts with."
        return self.consistency.sentence

    def to_dict(self) -> dict[str, Any]:
        """All figures, ready for JSON."""
        opening = self.opening
        compared = self.consistency if self.consistency and self.consistency.known else None
        return {
            "exchange": opening.exchange, "symbol": opening.symbol,
            "timeframe": opening.timeframe, "model": opening.model, "head": self.head,
            "entries": self.entries, "late": self.late, "decided": self.decided,
            "live": self.live and self.live.to_dict(),
            "backtest": self.backtest and self.backtest.to_dict(),
            "consistent": compared and compared.holds,
            "p_value": compared and compared.p_value,
            "sentence": self.sentence,
        }  # fmt: skip


def live_record(ledger: LiveLedger, store: Store) -> LiveRecord:
    """Score a ledger's forecasts.

    What came is told by the bars in the ledger, as they were first seen. Rivals forecast from the
    store's candles, as they had been seen when the last entry was made.

    Raises
    ------
    LedgerError
        There is no ledger, or it is damaged.
    """
    opening, chain = ledger.begun()
    entries = chain.entries
    row = _row(store, opening, entries)
    own = _trace(opening, entries, row)
    decided = int((np.isfinite(own.q_THK).all(axis=(1, 2)))[: -opening.horizon].sum())
    live = _live(own, opening, row) if decided >= FEWEST_ORIGINS else None
    backtest = TrackRecord.from_dict(opening.expected) if opening.expected else None
    compared = consistency(live, backtest) if live and backtest else None
    late = sum(entry.is_late(1, row.frequency) for entry in entries)
    return LiveRecord(opening, len(entries), late, decided, live, backtest, compared, chain.head)


def _row(store: Store, opening: Opening, entries: list[Entry]) -> Sequence:
    """The history with the bars of the ledger in it, as they stand there."""
    last = entries[-1] if entries else None
    time, seen = (last.time, last.seen) if last else (opening.first, opening.seen)
    (row,) = sequences(history(store, opening.key, time, seen))
    entered = np.array([entry.time for entry in entries], dtype=row.time_T.dtype)
    time_T = np.union1d(row.time_T, entered)  # the store may have lost a candle
    value_TC = np.empty((len(time_T), len(row.columns)))
    value_TC[np.searchsorted(time_T, row.time_T)] = row.value_TC
    for entry in entries:
        value_TC[np.searchsorted(time_T, entry.time)] = entry.values
    return Sequence(row.name, row.frequency, row.columns, time_T, value_TC)


def _trace(opening: Opening, entries: list[Entry], row: Sequence) -> Trace:
    """Forecasts that were in time, in logs, from where rivals can be; NaN for bars without one."""
    begun = int(np.searchsorted(row.time_T, opening.first))
    first = min(max(begun, opening.horizon + FEWEST_BEFORE), len(row))
    q_THK = np.full((len(row) - first, opening.horizon, len(opening.levels)), np.nan)
    for entry in entries:
        place = int(np.searchsorted(row.time_T, entry.time)) - first
        if place >= 0 and not entry.is_late(1, row.frequency):
            q_THK[place] = np.log(entry.q_HK)
    return Trace(row, first, q_THK)


def _live(own: Trace, opening: Opening, row: Sequence) -> TrackRecord:
    levels_K = np.array(opening.levels)
    start = int(row.time_T[own.first])
    others = {rival.name: rival.trace([row], start) for rival in rivals(opening.horizon, levels_K)}
    return recorded([own], others, levels_K)
