"""Forecasts of bars as they close, and the record of how they did."""

from foretell.live.consistency import Consistency, consistency, expected
from foretell.live.entries import Entry, Key, Opening
from foretell.live.ledger import Chain, LiveLedger, ledgers, model_place, model_places, place_of
from foretell.live.outcomes import Outcome, Outcomes
from foretell.live.record import LiveRecord, live_record
from foretell.live.replay import Replayed, replay
from foretell.live.watch import Watched, forgotten, watch, watched
from foretell.live.watching import Watcher, history

__all__ = [
    "Chain",
    "Consistency",
    "Entry",
    "Key",
    "LiveLedger",
    "LiveRecord",
    "Opening",
    "Outcome",
    "Outcomes",
    "Replayed",
    "Watched",
    "Watcher",
    "consistency",
    "expected",
    "forgotten",
    "history",
    "ledgers",
    "live_record",
    "model_place",
    "model_places",
    "place_of",
    "replay",
    "watch",
    "watched",
]
