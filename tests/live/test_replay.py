"""A ledger's forecasts made again."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import pytest

from foretell import Forecaster
from foretell.errors import LedgerError
from foretell.live import Entry, replay
from foretell.live.entries import hash_of, line_of
from foretell.live.ledger import START
from foretell.live.replay import runs
from foretell.series import stamp

LAST = 149


@pytest.fixture
def watched(scene: Any) -> Any:
    """With revisions, late bars, and bars that came together."""
    scene.watch(
        partial(scene.put, 150), partial(scene.put, 150, close=90.0), partial(scene.put, 151, 153),
        partial(scene.put, 152), *(partial(scene.put, bar) for bar in range(154, 170)),
        partial(scene.put, 160, 170, close=95.0),
    )  # fmt: skip
    return scene


def rewritten(scene: Any, change: Any) -> None:
    """A forger's ledger: changed, and chained anew."""
    chain = scene.ledger.read()
    lines, head = [], START
    for content in [chain.opening, *map(change, chain.entries)]:
        lines.append(line_of(content, head))
        head = hash_of(lines[-1])
    scene.ledger.path.write_bytes(b"".join(line + b"\n" for line in lines))


def test_every_forecast_comes_out_byte_for_byte(watched: Any, model: Forecaster) -> None:
    told = []
    found = replay(watched.ledger, model, watched.store, lambda *given: told.append(given))
    assert found.sound
    assert found.entries == len(watched.entries)
    assert found.head == watched.ledger.read().head
    assert told[-1] == ("replaying", found.entries, found.entries)


def test_histories_are_read_once_a_revision(watched: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = watched.store.arrivals("binance", "BTC/USDT", "1h")()
    rows = changes.select(pl.col("seen").dt.epoch("us"), pl.col("time").dt.epoch("s")).rows()
    parts = list(runs(watched.entries, rows))
    assert [each for part in parts for each in part] == watched.entries
    assert len(parts) == 4  # after the revision, the late bar, and the second revision


def test_a_forecast_that_was_touched_up_is_found(watched: Any, model: Forecaster) -> None:
    touched = watched.entries[5]

    def change(entry: Entry) -> Entry:
        if entry is not touched and entry.time != touched.time:
            return entry
        quantiles = [[value * (1 + 1e-15) for value in row] for row in entry.quantiles]
        return Entry(**vars(entry) | {"quantiles": quantiles})

    rewritten(watched, change)
    found = replay(watched.ledger, model, watched.store)
    assert found.findings == [f"{stamp(touched.time)}: the forecast comes out otherwise"]


def test_a_bar_that_was_touched_up_is_found(watched: Any, model: Forecaster) -> None:
    last = watched.entries[-1].time
    rewritten(
        watched,
        lambda entry: Entry(**vars(entry) | {"values": [1.0] * 5}) if entry.time == last else entry,
    )
    found = replay(watched.ledger, model, watched.store)
    assert found.findings == [f"{stamp(last)}: the store has another candle than the ledger"]


def test_a_candle_that_the_store_does_not_have_is_found(watched: Any, model: Forecaster) -> None:
    last = watched.entries[-1].time
    rewritten(
        watched,
        lambda entry: (
            Entry(**vars(entry) | {"time": last + 3_600}) if entry.time == last else entry
        ),
    )
    found = replay(watched.ledger, model, watched.store)
    assert found.findings == [f"{stamp(last + 3_600)}: the store has lost this candle"]


def test_another_model_cannot_verify(
    watched: Any, tiny: dict[str, Any], hourly: pl.DataFrame
) -> None:
    other = Forecaster(**tiny | {"seed": 5}).fit(hourly.head(LAST))
    with pytest.raises(LedgerError, match="name its file with --model"):
        replay(watched.ledger, other, watched.store)
