"""The proofs of the store, a few of each; the scripts do hundreds."""

from __future__ import annotations

import pytest

import store
import store_flips
import store_full
import store_kills
import store_race
from foretell.store import catalogue, folding, writer


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts hasten things; put that back afterwards."""
    monkeypatch.setattr(writer, "CHECKPOINT", writer.CHECKPOINT)
    monkeypatch.setattr(folding, "WIDTH", folding.WIDTH)


def test_flips_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert store_flips.main(flips=60, seed=1) == 0
    assert "60 of 60 flips found" in capsys.readouterr().out


def test_kills_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert store_kills.main(kills=4, seed=1) == 0
    assert "0 stores not as they should be" in capsys.readouterr().out


def test_full_disks_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert store_full.main(step=4_500) == 0
    assert "0 stores not as they should be" in capsys.readouterr().out


def test_readers_beside_a_writer_see_no_torn_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert store_race.main(seconds=3.0, readers=2) == 0
    assert "0 of 3 processes saw something wrong" in capsys.readouterr().out
    assert catalogue.ATTEMPTS > 1


def test_speed_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert store.main(None, candles=20_000, bars=20) == 0
    told = capsys.readouterr().out
    assert "read of 20,000 candles" in told
    assert "candles/s" in told
    assert "one bar a commit" in told
