"""The proof of watching with small counts, and that it can fail."""

from __future__ import annotations

import pytest

import watch_replay


def test_restarts_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert watch_replay.main(bars=40, restarts=2) == 0
    out = capsys.readouterr().out
    assert "2 restarts: ledgers alike" in out
    assert "commit to the store: median" in out


def test_a_ledger_that_differs_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = watch_replay.Run.steps

    def steps(self: watch_replay.Run) -> list[watch_replay.Step]:
        """In the run that is killed, two bars come at once: what was forecast when is another."""
        found = list(plain(self))
        two = watch_replay.Step(2, revised=False)
        return [*found[:3], two, *found[5:]] if "killed" in str(self.place) else found

    monkeypatch.setattr(watch_replay.Run, "steps", steps)
    assert watch_replay.main(bars=12, restarts=1) == 1
    assert "ledgers DIFFER" in capsys.readouterr().out


PLANTS = {
    "skip": "NO ENTRY of bar",
    "double": "NOT one entry for each",
    "forget": "NO ENTRY of bar",
}


@pytest.mark.parametrize("fault", PLANTS)
def test_what_is_left_out_or_doubled_is_found(
    fault: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_replay, "PATIENCE", 4.0)
    monkeypatch.setattr(watch_replay, "KILLED_WITHIN", (0.1, 0.15))  # between store and ledger
    assert watch_replay.main(bars=8, restarts=1, fault=fault) == 1
    assert PLANTS[fault] in capsys.readouterr().out
