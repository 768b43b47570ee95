"""What a certificate says, and that it survives JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from foretell.proof import Certificate, Finding

CLEAN = Certificate(
    subject="mine",
    tried={"forecasts: noise": 48, "forecasts: nothing": 12},
    cuts=tuple(f"2024-01-{day:02}" for day in range(1, 13)),
    forecasts=100,
    seed=0,
    frame_sha256="a" * 64,
    forecasts_sha256="b" * 64,
    version="1.2.3",
    findings=(),
)
NEAR = Finding("leak", "sees 1 bar ahead.", "noise", "2024-01-01", 3, "A", "2024-01-01", 1)
FAR = replace(NEAR, sentence="sees 9 bars ahead.", ahead=9, columns=("q0.5", "mean"))
FAILED = Finding("failure", "mine fails.", "nothing", "2024-01-01", 1)


def test_clean() -> None:
    assert CLEAN.clean
    assert CLEAN.ahead is None
    assert str(CLEAN) == (
        "Clean: 60 re-runs with the future changed at 12 cuts changed no forecast, bit for bit."
    )


@pytest.mark.parametrize(
    ("findings", "sentence", "ahead"),
    [
        ((NEAR,), "LEAK: sees 1 bar ahead.", 1),
        ((NEAR, FAR, FAILED), "LEAK: sees 9 bars ahead.", 9),
        ((FAILED,), "Not certified: mine fails.", None),
        ((Finding("unstable", "two runs differ."),), "Not certified: two runs differ.", None),
    ],
)
def test_not_clean(findings: tuple[Finding, ...], sentence: str, ahead: int | None) -> None:
    certificate = replace(CLEAN, findings=findings)
    assert not certificate.clean
    assert str(certificate) == sentence
    assert certificate.ahead == ahead


@pytest.mark.parametrize("findings", [(), (FAR, FAILED)])
def test_round_trip_through_json(findings: tuple[Finding, ...]) -> None:
    certificate = replace(CLEAN, findings=findings)
    told = json.loads(json.dumps(certificate.to_dict()))
    assert told["clean"] == certificate.clean
    assert told["sentence"] == str(certificate)
    assert Certificate.from_dict(told) == certificate
