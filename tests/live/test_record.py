"""The live record beside the backtest's."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from foretell import Forecaster, live_record
from foretell.errors import LedgerError
from foretell.live import LiveLedger, expected
from foretell.proof import TrackRecord, measure
from foretell.series import sequences
from foretell.store import Store

LAST, BARS = 149, 60  # bar of the history, and bars under watch


@pytest.fixture
def promised(scene: Any, model: Forecaster) -> dict[str, Any]:
    """What a backtest had said, here on the very same bars."""
    rows = sequences(scene.hourly.head(LAST + BARS + 1))
    return measure(model, rows, int(rows[0].time_T[LAST])).to_dict()


def watched(scene: Any, promised: dict[str, Any]) -> None:
    """Watch in time: each entry is made when its bar has closed."""

    def bar(number: int) -> None:
        scene.put(number)
        scene.now = scene.hourly["time"][number].timestamp() + 3_601.0

    scene.now = scene.hourly["time"][LAST].timestamp() + 3_601.0
    scene.watch(*(partial(bar, LAST + 1 + n) for n in range(BARS)), expected=promised)


def test_live_is_scored_as_the_backtest_scores(scene: Any, promised: dict[str, Any]) -> None:
    watched(scene, promised)
    record = live_record(scene.ledger, scene.store)
    assert (record.entries, record.late, record.decided) == (BARS + 1, 0, BARS + 1 - 3)
    assert record.live == TrackRecord.from_dict(promised) == record.backtest
    assert record.consistency is not None
    assert record.consistency.p_value == 1.0
    assert record.sentence.startswith("Live consistent with the backtest: yes")
    assert record.to_dict()["head"] == scene.ledger.read().head


def test_a_backtest_too_short_for_its_horizon_is_no_verdict(
    scene: Any, promised: dict[str, Any]
) -> None:
    """It has no standard errors: the ledger can be begun, and nothing is called inconsistent."""
    for each in promised["comparisons"]:
        each["error"] = None
    watched(scene, promised | {"coverage_error": dict.fromkeys(promised["coverage_error"])})
    told = live_record(scene.ledger, scene.store).to_dict()
    assert (told["consistent"], told["p_value"]) == (None, None)
    assert "too few forecasts to tell" in told["sentence"]
    json.dumps(told, allow_nan=False)


def test_what_was_entered_late_does_not_count(scene: Any) -> None:
    scene.now = scene.hourly["time"][LAST].timestamp() + 3_601.0
    scene.watch()
    scene.put(*range(LAST + 1, LAST + 11))
    scene.now = scene.hourly["time"][LAST + 10].timestamp() + 3_601.0
    scene.watch()
    record = live_record(scene.ledger, scene.store)
    assert (record.entries, record.late, record.decided) == (11, 9, 1)
    assert record.live is None
    assert "1 are decided, and 30 have to be" in record.sentence


def test_a_model_without_a_record_has_nothing_to_be_compared_with(scene: Any) -> None:
    watched(scene, {})
    record = live_record(scene.ledger, scene.store)
    assert record.live is not None
    assert record.consistency is None
    assert "without a record" in record.sentence


def test_revisions_do_not_change_what_came(scene: Any, promised: dict[str, Any]) -> None:
    """What was forecast and what came stand in the ledger."""
    watched(scene, promised)
    before = live_record(scene.ledger, scene.store).live
    scene.put(LAST + 20, close=50.0)
    after = live_record(scene.ledger, scene.store).live
    assert after is not None
    assert before is not None
    assert after.coverage == before.coverage


def test_a_candle_that_the_store_has_lost_changes_no_other(
    scene: Any, promised: dict[str, Any], tmp_path: Path
) -> None:
    watched(scene, promised)
    before = live_record(scene.ledger, scene.store).live
    left = scene.hourly.with_row_index().filter(~pl.col("index").is_in([LAST + 20, LAST + BARS]))
    other = Store(tmp_path / "other", clock=lambda: 0.0)
    other.write(left.head(LAST + BARS - 1).drop("index"), "binance", "1h")
    after = live_record(scene.ledger, other).live
    assert after is not None
    assert before is not None
    assert (after.coverage, after.origins) == (before.coverage, before.origins)


def test_a_series_with_few_bars_before_its_record_can_be_scored(
    scene: Any, tmp_path: Path, model_file: Path
) -> None:
    """As where a new listing is watched with the model of another."""
    young = type(scene)(tmp_path / "young", model_file, scene.hourly)
    young.put(*range(20))

    def bar(number: int) -> None:
        young.put(number)
        young.now = young.hourly["time"][number].timestamp() + 3_601.0

    young.now = young.hourly["time"][19].timestamp() + 3_601.0
    young.watch(*(partial(bar, 20 + n) for n in range(BARS)))
    record = live_record(young.ledger, young.store)
    assert (record.entries, record.decided, record.live) == (BARS + 1, 0, None)
    young.watch(*(partial(bar, 20 + BARS + n) for n in range(BARS)))
    record = live_record(young.ledger, young.store)
    assert record.decided == 2 * BARS + 20 - (3 + 100) - 3
    assert record.live is not None
    assert all(np.isfinite(each.skill) for each in record.live.comparisons)


def test_what_is_expected_is_the_models_own_record(model: Forecaster) -> None:
    assert expected(model) == {}
    model.about["record"] = {"skill": 1}
    assert expected(model) == {"skill": 1}


def test_nothing_is_recorded_where_nothing_was_watched(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="begin with `foretell watch`"):
        live_record(LiveLedger(tmp_path / "none.jsonl"), Store(tmp_path / "store"))


def test_errors_are_there_for_the_comparison(promised: dict[str, Any]) -> None:
    record = TrackRecord.from_dict(promised)
    assert all(np.isfinite(each.error) for each in record.comparisons)
    assert all(0.0 < error < 0.2 for error in record.coverage_error.values())
    assert record.degrees >= 3
