"""Twelve planted leaks are caught, with their reach; done right, the same are clean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import foretell as ft
import leaks
from planted import PLANTED, Planted

pytestmark = pytest.mark.uncovered

each_planted = pytest.mark.parametrize("planted", PLANTED, ids=lambda each: each.name)


def test_there_are_twelve() -> None:
    assert len({planted.name for planted in PLANTED}) == 12


@each_planted
@pytest.mark.parametrize("seed", [0, 1])
def test_leak_is_caught_with_its_reach(planted: Planted, seed: int) -> None:
    certificate = ft.audit(planted.variant(leaky=True), planted.frame(), seed=seed)
    assert not certificate.clean
    assert {found.kind for found in certificate.findings} == {"leak"}
    assert str(certificate).startswith("LEAK: ")
    # Where it goes to the end, a choice may hang on fewer bars than there are.
    assert certificate.ahead == planted.reach or (planted.reach is None and certificate.ahead > 5)


@each_planted
@pytest.mark.parametrize("seed", [0, 1])
def test_done_right_it_is_clean(planted: Planted, seed: int) -> None:
    certificate = ft.audit(planted.variant(leaky=False), planted.frame(), seed=seed)
    assert certificate.findings == ()
    assert sum(certificate.tried.values()) >= 80


def test_benchmark_prints_what_was_caught_and_what_was_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All twelve are audited above; here it is told of two, of which one is no leak."""
    first, second = PLANTED[:2]

    def never(*given: Any, leaky: bool) -> Any:
        del leaky
        return second.pipeline(*given, leaky=False)

    harmless = replace(second, pipeline=never)
    monkeypatch.setattr(leaks, "PLANTED", [first, second])
    assert leaks.main() == 0
    assert "2 of 2 caught; 0 false alarms" in capsys.readouterr().out
    monkeypatch.setattr(leaks, "PLANTED", [first, harmless])
    assert leaks.main() == 1
    told = capsys.readouterr().out
    assert "1 of 2 caught; 0 false alarms" in told
    assert f"| {second.name} | missed |" in told
