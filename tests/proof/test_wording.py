"""Figures as words."""

from __future__ import annotations

import pytest

from foretell.proof import wording


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0, "p < 0.001"),
        (0.00099, "p < 0.001"),
        (0.001, "p = 0.001"),
        (0.7681, "p = 0.77"),
        (1.0, "p = 1"),
    ],
)
def test_p_values(p: float, said: str) -> None:
    assert wording.p_value(p) == said


def test_spans() -> None:
    said = "on 1,234 origins from A to B, 1 to 3 bars ahead"
    assert wording.span(1_234, "A", "B", 3) == said
    assert wording.span(1_234, "A", "B", 1).endswith(", 1 bar ahead")


@pytest.mark.parametrize(
    ("parts", "said"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists(parts: list[str], said: str) -> None:
    assert wording.listed(parts) == said


def test_bands_outside() -> None:
    coverage = {"0.5": 0.52, "0.8": 0.77, "0.9": 0.9}
    assert wording.outside(coverage, 0.02) == ["0.8"]
    assert wording.outside(coverage, 0.03) == []
