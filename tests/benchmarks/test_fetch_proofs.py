"""The proofs of fetching, with small counts; and that each can fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fetch_faults
import fetch_full
import fetch_kills
import fetch_speed
from fetch_faults import Schedule, held
from foretell.market.committing import Committer
from foretell.sources import candles, connection, gate, paging, retrying
from foretell.sources.exchange import Exchange
from scripted_exchange import Market


def schedule(*script: str, **more: Any) -> Schedule:
    plain: dict[str, Any] = {
        "markets": [Market("BTC/USDT", listed=2, outages=[(20, 24)])], "bars": 40, "page": 7,
        "skew": 0.0, "pace": 0.0, "wait": 60.0, "script": ["", "", *script], "runs": 1,
        "revised": {5},
    }  # fmt: skip
    return Schedule(**plain | more)


def test_drawn_schedules_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch_faults.main(8) == 0
    assert "8 schedules" in capsys.readouterr().out


def test_kills_harm_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch_kills.main(kills=2) == 0
    assert "2 kills over 600 bars of 2 symbols, pages of 50: 0 faults" in capsys.readouterr().out


def test_a_full_disk_harms_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch_full.main(step=1_200) == 0
    assert "0 stores not as they should be" in capsys.readouterr().out


def test_speed_is_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in ((Committer, "_commit"), (paging, "cleaned"), (connection, "_gated")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back what the script wraps
    fetch_speed.main(symbols=2, bars=2_000)
    out = capsys.readouterr().out
    assert "4,000 candles" in out
    assert "commits to the store" in out


def test_a_bar_is_missing_where_only_an_open_candle_follows(tmp_path: Path) -> None:
    """A schedule that hypothesis drew: bar 55 closes without a trade while the fetch runs."""
    late = schedule(
        markets=[Market("BTC/USDT", listed=26, outages=[(55, 55)])], bars=55, page=4, skew=1_790.0,
        pace=100.0, wait=1.0, script=[], revised=set(),
    )  # fmt: skip
    assert held(late, tmp_path) == (0, [])


def test_a_schedule_without_plants_holds(tmp_path: Path) -> None:
    happened, wrong = held(schedule("418", "short", "stale", "reordered", "duplicated"), tmp_path)
    assert (happened, wrong) == (5, [])


def keeps_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exchange's clock is taken to be an hour ahead."""
    plain = Exchange.now
    monkeypatch.setattr(Exchange, "now", lambda self: plain(self) + 3_600)


def trusts_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is taken to be full, so the next begins where it should have ended."""
    plain = paging._Walk._taken

    def taken(self: paging._Walk, found: candles.Cleaned) -> paging.Page:
        begin = self.position
        page = plain(self, found)
        self.position = max(self.position, begin + self.size * 3_600)
        return page

    monkeypatch.setattr(paging._Walk, "_taken", taken)


def ignores_bans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate.Gate, "shut", lambda self, seconds: None)


def declares_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging._Walk, "_holes", lambda self, found, end: [])


def believes_one_old_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "STALE", 1)


def believes_one_empty_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "EMPTY", 1)


def loses_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, count = Committer._commit, iter(range(100))

    def commit(self: Committer, batch: list[Any]) -> None:
        if next(count) != 2:
            plain(self, batch)

    monkeypatch.setattr(Committer, "_commit", commit)


def gives_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then a fetch ends early; the next one heals it, which is no fault."""
    monkeypatch.setattr(retrying, "is_passing", lambda error: False)


@pytest.mark.parametrize(
    ("plant", "script"),
    [
        (keeps_open, []),
        (trusts_pages, ["short"]),
        (ignores_bans, ["418"]),
        (ignores_bans, ["429"]),
        (declares_nothing, []),
        (believes_one_old_page, ["", "stale"]),
        (believes_one_empty_page, ["", "nothing"]),
    ],
)
def test_planted_faults_are_found(
    plant: Callable[..., None], script: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plant(monkeypatch)
    assert held(schedule(*script), tmp_path)[1]


@pytest.mark.parametrize("plant", [loses_a_page, gives_up_at_once])
def test_what_one_run_loses_the_next_one_brings(
    plant: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plant(monkeypatch)
    assert held(schedule("", "500"), tmp_path)[1] == []
